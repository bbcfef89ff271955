import { readFile, stat } from 'node:fs/promises'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { TrainingJob, TrainingOutput } from '../../roles/trainer.ts'
import { recordedCommand } from './command.ts'
import { lost } from './follow.ts'
import { installedPackages, platformOfHost } from './provenance.ts'
import { parseResults, toCurve } from './results-csv.ts'
import {
  listAttempts,
  readSpec,
  readText,
  runPaths,
  writeWhole,
  type Attempt,
  type Exit,
} from './run-folder.ts'
import { requireSoundData } from './sound-data.ts'
import { logTail, readBanner, readExport } from './trainer-log.ts'

/** What a finished run left behind, or the failure it ended in. */
export async function collect(folder: string, exit: Exit, job: TrainingJob): Promise<TrainingOutput> {
  const paths = runPaths(folder)
  const attempts = await listAttempts(folder)
  const logs = await Promise.all(
    attempts.map(async ({ number }) => (await readText(paths.log(number))) ?? ''),
  )
  const log = logs.at(-1) ?? ''
  requireSoundData(logs.findLast((text) => text.includes('Scanning')) ?? '', job)
  if (exit.outcome === 'killed' || exit.outcome === 'stopped')
    throw lost(`was ended by ${exit.signal ?? 'a signal'}`)
  if (exit.outcome === 'failed') {
    throw new AdapterError(
      'TrainerFailed',
      `The trainer ended with exit code ${exit.code} (expected 0) while it should ${exit.stage}. Its last words:\n${logTail(log)}`,
      { retryable: false, hint: 'The whole log lies in the folder of this run.' },
    )
  }
  await requireNoPaths(paths.onnx, [folder, job.datasetFolder])
  const spec = await readSpec(folder)
  if (spec === null) throw new Error(`There is no spec.json in ${folder}.`)
  const table = parseResults((await readText(paths.results)) ?? '')
  await writeWhole(paths.curve, toCurve(table))
  return {
    onnxPath: paths.onnx,
    weightsPath: paths.best,
    curvePath: paths.curve,
    epochs: table.rows.length,
    seconds: await secondsSpent(folder, attempts),
    resumed: attempts.some(({ lock }) => lock.resumed),
    ranWithBatch: spec.arguments.batch,
    command: recordedCommand(folder, spec),
    packages: { ...(await installedPackages(spec.program)), ...packagesSaid(logs) },
    platform: { ...platformOfHost(), ...banner(logs) },
  }
}

const banner = (logs: readonly string[]): { device: string; python: string } => {
  const { device, python } = logs.map(readBanner).findLast((found) => found !== null) ?? unknownBanner
  return { device, python }
}
const unknownBanner = { ultralytics: 'unknown', torch: 'unknown', python: 'unknown', device: 'unknown' }

const packagesSaid = (logs: readonly string[]): Record<string, string> => {
  const said = logs.map(readBanner).findLast((found) => found !== null)
  return {
    ...(said ? { ultralytics: said.ultralytics, torch: said.torch } : {}),
    ...logs.map(readExport).findLast((found) => found !== null),
  }
}

/** A model travels further than the machine it was made on. */
async function requireNoPaths(file: string, paths: readonly string[]): Promise<void> {
  const bytes = await readFile(file)
  if (!paths.some((path) => bytes.includes(path))) return
  throw new AdapterError('TrainerFailed', 'The exported model holds the path of a folder of this machine.', {
    retryable: false,
    hint: 'The installed trainer writes more into its models than the pinned version: install the pinned one.',
  })
}

/** By our own clock: the trainer's begins again at 0 when it resumes. A killed attempt ended with its last log line. */
async function secondsSpent(folder: string, attempts: readonly Attempt[]): Promise<number> {
  const spans = await Promise.all(
    attempts.map(async ({ number, lock, exit }) => {
      const end = exit?.at ?? (await lastWritten(runPaths(folder).log(number))) ?? lock.at
      return Math.max(0, end - lock.at)
    }),
  )
  return Math.round(spans.reduce((sum, span) => sum + span, 0) / 100) / 10
}

async function lastWritten(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    return null
  }
}
