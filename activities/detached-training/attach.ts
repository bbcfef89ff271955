import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdapterError } from '../errors/adapter-error.ts'
import type { TrainingJob, TrainingWatch } from '../roles/trainer.ts'
import { holderOf } from './host-slot.ts'
import { logTail } from './log-text.ts'
import { isAlive } from './process-identity.ts'
import {
  hostIsTaken,
  leaderOf,
  listAttempts,
  readSpec,
  readText,
  runPaths,
  writeWhole,
  type Attempt,
  type RunSpec,
} from './run-folder.ts'
import type { TrainerKind } from './trainer-kind.ts'

const wrapper = fileURLToPath(new URL('run-detached.ts', import.meta.url))
const startMilliseconds = 30_000
const startPollMilliseconds = 50
const hostPollMilliseconds = 1000
const ramForImages = 2 * 1024 ** 3

export interface Place {
  readonly kind: TrainerKind
  readonly program: string
  /** Folder of the run. */
  readonly folder: string
  /** Folder by which the trainings of this host keep out of each other's way. */
  readonly slotFolder: string
}

/** The attempt that finished this training, else the one that is alive, else a new one as soon as the host is free. */
export async function attach(place: Place, job: TrainingJob, watch: TrainingWatch): Promise<Attempt> {
  const { folder } = place
  await mkdir(folder, { recursive: true })
  for (;;) {
    const latest = (await listAttempts(folder)).at(-1)
    if (latest?.exit?.outcome === 'finished') return latest
    if (latest && latest.exit === null && (await isAlive(leaderOf(latest)))) return latest
    watch.signal.throwIfAborted()
    watch.leave?.throwIfAborted()
    const holder = await holderOf(place.slotFolder)
    if (holder === null || holder.run === folder) {
      await prepare(place, job)
      const attempt = await launch(place, latest?.number ?? 0)
      if (attempt !== null) return attempt
    } else {
      watch.onProgress({ ...nothingYet, epochs: job.arguments.epochs, waitsFor: basename(holder.run) })
    }
    await wait(hostPollMilliseconds)
  }
}

const nothingYet = { epoch: 0, losses: {}, map50: null, map: null, secondsPerEpoch: null }

async function prepare({ kind, program, folder }: Place, job: TrainingJob): Promise<void> {
  const known = await readSpec(folder)
  if (known !== null && JSON.stringify(known.arguments) !== JSON.stringify(pickArguments(job))) {
    throw new AdapterError('TrainerBusy', `The run ${job.runId} was begun with other arguments.`, {
      retryable: false,
      hint: `Remove the folder ${job.runId} among the trainer's runs, then train again.`,
    })
  }
  const spec: RunSpec = {
    trainer: kind.name,
    program,
    datasetFolder: job.datasetFolder,
    task: job.task,
    weights: job.weights,
    cache: await fitsInRam(job),
    arguments: pickArguments(job),
  }
  await kind.prepare(folder, program, job)
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

/**
 * Starts the wrapper in a process group of its own and waits until it, or another one, has the run.
 * @returns null when another training was quicker to take the host
 */
async function launch({ kind, folder, slotFolder }: Place, before: number): Promise<Attempt | null> {
  const paths = runPaths(folder)
  const output = openSync(paths.wrapperLog, 'a')
  const child = spawn(process.execPath, [wrapper, folder, slotFolder], {
    detached: true,
    stdio: ['ignore', output, output],
    env: kind.environment(folder),
  })
  closeSync(output)
  child.unref()
  let ended: { readonly code: number | null } | null = null
  child.once('error', () => (ended = { code: null }))
  child.once('exit', (code) => (ended = { code }))
  const endedNow = (): { readonly code: number | null } | null => ended
  const deadline = Date.now() + startMilliseconds
  while (Date.now() < deadline) {
    const lastLook = endedNow()
    const latest = (await listAttempts(folder)).at(-1)
    if (latest && latest.number > before) return latest
    if (lastLook?.code === hostIsTaken) return null
    if (lastLook !== null) break
    await wait(startPollMilliseconds)
  }
  throw new AdapterError('TrainerLost', 'The process that should run the trainer did not start.', {
    retryable: true,
    hint: `It may have said why: ${logTail((await readText(paths.wrapperLog)) ?? '')}`,
  })
}
