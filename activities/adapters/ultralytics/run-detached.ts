import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { createCheckpointKeeper, isWhole, resumableCheckpoints } from './checkpoints.ts'
import { exportArguments, resumeArguments, trainArguments } from './command.ts'
import { endGroup, isAlive } from './process-identity.ts'
import { parseResults } from './results-csv.ts'
import {
  claimAttempt,
  leaderOf,
  listAttempts,
  readSpec,
  readText,
  recordExit,
  runPaths,
  type Attempt,
  type Exit,
  type RunSpec,
} from './run-folder.ts'
import { allEpochsAreDone, checkpointWasUnreadable, nothingWasLeftToResume } from './trainer-log.ts'

/*
 * The process between the worker and the trainer: it outlives the worker, runs `yolo` for training and export, keeps copies
 * of the checkpoints and writes how it ended. Started by trainer.ts with the run's folder as its only argument.
 */

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const keeperMilliseconds = 200

/** The trainer gets the same TERM, being in the same group; this process only has to stay long enough to say so. */
let stopRequested = false
process.on('SIGTERM', () => {
  stopRequested = true
})

async function takeOver(folder: string): Promise<void> {
  const spec = await readSpec(folder)
  if (spec === null) throw new Error(`There is no spec.json in ${folder}.`)
  const before = await listAttempts(folder)
  const latest = before.at(-1)
  // One that has recorded its end may need a moment to be gone: it is over all the same.
  if (latest !== undefined && latest.exit === null && (await isAlive(leaderOf(latest)))) return
  const checkpoints = await resumableCheckpoints(folder)
  const attempt = await claimAttempt(folder, (latest?.number ?? 0) + 1, checkpoints.length > 0)
  if (attempt === null) return
  // A trainer whose wrapper was killed still writes into this folder: never start beside it.
  if (latest !== undefined) await endGroup(leaderOf(latest))
  try {
    await recordExit(folder, attempt.number, await carryOut(folder, spec, attempt))
  } catch (error) {
    appendFileSync(runPaths(folder).log(attempt.number), `${String(error)}\n`)
    await recordExit(folder, attempt.number, { outcome: 'failed', stage: 'train', code: null, signal: null })
  }
}

async function carryOut(folder: string, spec: RunSpec, attempt: Attempt): Promise<Omit<Exit, 'at'>> {
  const trained = await train(folder, spec, attempt)
  if (trained.code !== 0) return { outcome: outcomeOf(trained), stage: 'train', ...trained }
  const exported = await runTrainer(folder, spec, attempt, exportArguments(folder, spec))
  return { outcome: outcomeOf(exported), stage: 'export', ...exported }
}

function outcomeOf({ code, signal }: Ended): Exit['outcome'] {
  if (code === 0) return 'finished'
  if (stopRequested) return 'stopped'
  return signal === null ? 'failed' : 'killed'
}

/** Trains from the best checkpoint that can be read, from the beginning when there is none. */
async function train(folder: string, spec: RunSpec, attempt: Attempt): Promise<Ended> {
  const done = { code: 0, signal: null }
  if ((await trainingIsOver(folder, attempt)) && (await hasWeights(folder))) return done
  for (const checkpoint of await resumableCheckpoints(folder)) {
    const epochs = await countEpochs(folder)
    const ended = await runTrainer(folder, spec, attempt, resumeArguments(spec, checkpoint))
    if (ended.code === 0) return done
    const log = await readLog(folder, attempt.number)
    if (nothingWasLeftToResume(log) && (await hasWeights(folder))) return done
    const isUnreadable = checkpointWasUnreadable(log) && (await countEpochs(folder)) === epochs
    if (stopRequested || ended.signal !== null || !isUnreadable) return ended
    await rm(checkpoint, { force: true })
  }
  if (stopRequested) return { code: null, signal: 'SIGTERM' }
  await rm(runPaths(folder).trainFolder, { recursive: true, force: true })
  return runTrainer(folder, spec, attempt, trainArguments(folder, spec))
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
async function trainingIsOver(folder: string, { number }: Attempt): Promise<boolean> {
  for (let attempt = 1; attempt <= number; attempt += 1) {
    if (allEpochsAreDone(await readLog(folder, attempt))) return true
  }
  return false
}

const readLog = async (folder: string, attempt: number): Promise<string> =>
  (await readText(runPaths(folder).log(attempt))) ?? ''

const countEpochs = async (folder: string): Promise<number> =>
  parseResults((await readText(runPaths(folder).results)) ?? '').rows.length

/** Runs the trainer's program to its end. Output goes to a file: a pipe would die with its reader and take the trainer along. */
async function runTrainer(
  folder: string,
  spec: RunSpec,
  { number }: Attempt,
  parameters: readonly string[],
): Promise<Ended> {
  const log = openSync(runPaths(folder).log(number), 'a')
  const keepCheckpoint = createCheckpointKeeper(folder)
  const child = spawn(spec.program, parameters, {
    cwd: spec.datasetFolder,
    stdio: ['ignore', log, log],
    env: process.env,
  })
  closeSync(log)
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      appendFileSync(runPaths(folder).log(number), `${error.message}\n`)
      resolve({ code: 127, signal: null })
    })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  for (;;) {
    const result = await Promise.race([ended, wait(keeperMilliseconds, null)])
    if (result !== null) return result
    await keepCheckpoint()
  }
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('Expected the folder of the run as the only argument.')
await takeOver(folder)
