import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AdapterError } from '../errors/adapter-error.ts'
import type { Trainer, TrainingJob, TrainingOutput } from '../roles/trainer.ts'
import { attach, type Place } from './attach.ts'
import { failureOf, requireSoundData } from './failures.ts'
import { follow } from './follow.ts'
import { platformOfHost } from './platform.ts'
import { batchOf, listAttempts, readSpec, readText, runPaths, type Exit } from './run-folder.ts'
import { secondsSpent } from './seconds-spent.ts'
import type { TrainerKind } from './trainer-kind.ts'

export interface DetachedTrainerSettings {
  /** Path of the trainer's program. It is called, with files in and out; nothing of it is imported. */
  readonly program: string
  /** Local folder for runs; each outlives the worker that started it. */
  readonly runsFolder: string
  /** Folder that all workers of this host share: one training at a time has it. */
  readonly slotFolder: string
}

/** A trainer as a separate program. What is in a run's folder: run-folder.ts; what happens there: run-detached.ts. */
export function createDetachedTrainer(kind: TrainerKind, settings: DetachedTrainerSettings): Trainer {
  // The trainer works in the dataset's folder: a relative path would mean another place there.
  const runsFolder = resolve(settings.runsFolder)
  const slotFolder = resolve(settings.slotFolder)
  const program = settings.program.includes('/') ? resolve(settings.program) : settings.program
  return {
    async train(job, watch) {
      const place: Place = { kind, program, folder: join(runsFolder, job.runId), slotFolder }
      const attempt = await attach(place, job, watch)
      const ended = attempt.exit ?? (await follow(place, attempt, job, watch))
      return collect(place, ended, job)
    },
    check: () => kind.check(program, join(runsFolder, 'check')),
  }
}

/** What a finished run left behind, or the failure it ended in. */
async function collect({ kind, folder }: Place, exit: Exit, job: TrainingJob): Promise<TrainingOutput> {
  const attempts = await listAttempts(folder)
  const logs = await Promise.all(
    attempts.map(async ({ number }) => (await readText(runPaths(folder).log(number))) ?? ''),
  )
  // Found too when nobody watched: broken files cost a trainer nothing but a line.
  const check = logs
    .map((log) => kind.readDataCheck(log, true))
    .findLast((found) => found !== null && found.corrupt > 0)
  if (check) requireSoundData(check, job)
  const spec = await readSpec(folder)
  if (spec === null) throw new Error(`There is no spec.json in ${folder}.`)
  const ranWithBatch = await batchOf(folder, spec)
  const failure = failureOf(exit, logs.at(-1) ?? '', ranWithBatch)
  if (failure !== null) throw failure
  const { device, python, ...own } = await kind.collect(folder)
  await requireModel(own.onnxPath, [folder, job.datasetFolder])
  return {
    ...own,
    seconds: await secondsSpent(folder, attempts),
    ranWithBatch,
    platform: { ...platformOfHost(), device, python },
  }
}

/** A model travels further than the machine it was made on. */
async function requireModel(file: string, paths: readonly string[]): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size === 0) {
    throw new AdapterError('TrainerFailed', 'The trainer ended well and left no ONNX file.', {
      retryable: false,
      hint: 'The whole log lies in the folder of this run.',
    })
  }
  const bytes = await readFile(file)
  if (!paths.some((path) => bytes.includes(path))) return
  throw new AdapterError('TrainerFailed', 'The exported model holds the path of a folder of this machine.', {
    retryable: false,
    hint: 'The installed trainer writes more into its models than the pinned version: install the pinned one.',
  })
}
