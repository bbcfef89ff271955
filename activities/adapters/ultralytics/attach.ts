import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { TrainingJob } from '../../roles/trainer.ts'
import { trainerEnvironment, writeTrainerSettings } from './environment.ts'
import { isAlive } from './process-identity.ts'
import {
  leaderOf,
  listAttempts,
  readSpec,
  readText,
  runPaths,
  writeWhole,
  type Attempt,
  type RunSpec,
} from './run-folder.ts'
import { logTail } from './trainer-log.ts'

const wrapper = fileURLToPath(new URL('run-detached.ts', import.meta.url))
const startMilliseconds = 30_000
const startPollMilliseconds = 50
const ramForImages = 2 * 1024 ** 3

/** The attempt that finished this training, else the one that is alive, else a new one. */
export async function attach(
  folder: string,
  program: string,
  job: TrainingJob,
  signal: AbortSignal,
): Promise<Attempt> {
  await mkdir(folder, { recursive: true })
  const latest = (await listAttempts(folder)).at(-1)
  if (latest?.exit?.outcome === 'finished') return latest
  if (latest && latest.exit === null && (await isAlive(leaderOf(latest)))) return latest
  signal.throwIfAborted()
  await prepare(folder, program, job)
  return launch(folder, latest?.number ?? 0)
}

async function prepare(folder: string, program: string, job: TrainingJob): Promise<void> {
  const known = await readSpec(folder)
  if (known !== null && JSON.stringify(known.arguments) !== JSON.stringify(pickArguments(job))) {
    throw new AdapterError('TrainerBusy', `The run ${job.runId} was begun with other arguments.`, {
      retryable: false,
      hint: `Remove the folder ${job.runId} among the trainer's runs, then train again.`,
    })
  }
  const spec: RunSpec = {
    program,
    datasetFolder: job.datasetFolder,
    task: job.task,
    weights: job.weights,
    cache: await fitsInRam(job),
    arguments: pickArguments(job),
  }
  await writeTrainerSettings(runPaths(folder).config, program)
  await writeWhole(runPaths(folder).spec, JSON.stringify(spec, null, 2))
}

const pickArguments = ({ arguments: given }: TrainingJob): RunSpec['arguments'] => ({
  architecture: given.architecture,
  parent: given.parent,
  baseWeights: given.baseWeights,
  imageSize: given.imageSize,
  epochs: given.epochs,
  batch: given.batch,
  learningRate: given.learningRate,
  seed: given.seed,
})

async function fitsInRam({ datasetFolder, arguments: { imageSize } }: TrainingJob): Promise<boolean> {
  const counts = await Promise.all(
    ['train', 'val'].map(async (split) => (await readdir(join(datasetFolder, 'images', split))).length),
  )
  return counts.reduce((sum, count) => sum + count, 0) * imageSize ** 2 * 3 < ramForImages
}

/** Starts the wrapper in a process group of its own and waits until it, or another one, holds the lock. */
async function launch(folder: string, before: number): Promise<Attempt> {
  const paths = runPaths(folder)
  const output = openSync(paths.wrapperLog, 'a')
  const child = spawn(process.execPath, [wrapper, folder], {
    detached: true,
    stdio: ['ignore', output, output],
    env: trainerEnvironment(paths.config, process.env),
  })
  closeSync(output)
  child.unref()
  let hasEnded = false
  child.once('error', () => (hasEnded = true))
  child.once('exit', () => (hasEnded = true))
  const deadline = Date.now() + startMilliseconds
  while (Date.now() < deadline) {
    const isLastLook = hasEnded
    const latest = (await listAttempts(folder)).at(-1)
    if (latest && latest.number > before) return latest
    if (isLastLook) break
    await wait(startPollMilliseconds)
  }
  throw new AdapterError('TrainerLost', 'The process that should run the trainer did not start.', {
    retryable: true,
    hint: `It may have said why: ${logTail((await readText(paths.wrapperLog)) ?? '')}`,
  })
}
