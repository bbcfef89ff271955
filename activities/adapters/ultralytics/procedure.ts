import { copyFile, rm } from 'node:fs/promises'
import { endsTooOften } from './own-batch-reduction.ts'
import { parseResults } from './results-csv.ts'
import { referenceImage } from './reference.ts'
import { createCheckpointKeeper, isWhole, resumableCheckpoints } from './checkpoints.ts'
import { exportArguments, predictArguments, resumeArguments, trainArguments } from './command.ts'
import { readText, runPaths, type Exit } from '../../detached-training/run-folder.ts'
import {
  exitOf,
  halvingBatch,
  runProgram,
  type DetachedRun,
  type ProgramEnd,
} from '../../detached-training/run-program.ts'
import { allEpochsAreDone, checkpointWasUnreadable, nothingWasLeftToResume } from './trainer-log.ts'

const done: ProgramEnd = { code: 0, signal: null, outOfMemory: false }

/** What the detached process does with `yolo`: trains, or goes on from a checkpoint, exports to ONNX, and looks at one image. */
export async function carryOutUltralytics(run: DetachedRun): Promise<Omit<Exit, 'at'>> {
  const trained = await halvingBatch(run, (batch) => train(run, batch))
  if (trained.code !== 0) return exitOf(run, 'train', trained)
  const exported = await runProgram(run, exportArguments(run.folder, run.spec))
  const image = await referenceImage(run.spec.datasetFolder)
  if (exported.code !== 0 || image === null) return exitOf(run, 'export', exported)
  await rm(runPaths(run.folder).referenceFolder, { recursive: true, force: true })
  return exitOf(run, 'predict', await runProgram(run, predictArguments(run.folder, run.spec, image)))
}

/** True when an attempt would not begin at the first epoch. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  return (await resumableCheckpoints(folder)).length > 0
}

/** Trains from the best checkpoint that can be read, from the beginning when there is none. */
async function train(run: DetachedRun, batch: number): Promise<ProgramEnd> {
  const { folder, spec, attempt } = run
  if ((await trainingIsOver(folder, attempt)) && (await hasWeights(folder))) return done
  for (const checkpoint of await resumableCheckpoints(folder)) {
    const epochs = await countEpochs(folder)
    const ended = await runTrainer(run, resumeArguments(spec, checkpoint, batch))
    if (ended.code === 0) return done
    const log = await readLog(folder, attempt)
    if (nothingWasLeftToResume(log) && (await hasWeights(folder))) return done
    const isUnreadable = checkpointWasUnreadable(log) && (await countEpochs(folder)) === epochs
    if (run.isStopping() || ended.signal !== null || !isUnreadable) return ended
    await rm(checkpoint, { force: true })
  }
  if (run.isStopping()) return { code: null, signal: 'SIGTERM', outOfMemory: false }
  await rm(runPaths(folder).trainFolder, { recursive: true, force: true })
  return runTrainer(run, trainArguments(folder, spec, batch))
}

function runTrainer(run: DetachedRun, parameters: readonly string[]): Promise<ProgramEnd> {
  const keepCheckpoint = createCheckpointKeeper(run.folder)
  const reducedTooOften = endsTooOften(run)
  return runProgram(run, parameters, async () => {
    await keepCheckpoint()
    return reducedTooOften()
  })
}

/** Makes sure that `best.pt` is whole: a kill while the trainer strips it leaves a stump, but the others have the last epoch too. */
async function hasWeights(folder: string): Promise<boolean> {
  const { best } = runPaths(folder)
  if (await isWhole(best)) return true
  const [other] = await resumableCheckpoints(folder)
  if (other !== undefined) await copyFile(other, best)
  return other !== undefined
}

/**
 * A finished training must never be resumed: its checkpoints are stripped, and the trainer would quietly start another one.
 * It says so in its log before it strips them.
 */
async function trainingIsOver(folder: string, attempts: number): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (allEpochsAreDone(await readLog(folder, attempt))) return true
  }
  return false
}

const readLog = async (folder: string, attempt: number): Promise<string> =>
  (await readText(runPaths(folder).log(attempt))) ?? ''

const countEpochs = async (folder: string): Promise<number> =>
  parseResults((await readText(runPaths(folder).results)) ?? '').rows.length
