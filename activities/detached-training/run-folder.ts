import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { trainers } from '../../domain/contracts/trainers.ts'
import { tasks } from '../../domain/contracts/tasks.ts'
import { identifyProcess, type ProcessIdentity } from './process-identity.ts'

/** Exit code of the detached process when another training has this host (EX_TEMPFAIL). */
export const hostIsTaken = 75

/** Everything the detached process needs to know: it has no other input. */
export const RunSpec = z.object({
  trainer: z.enum(trainers),
  program: z.string(),
  datasetFolder: z.string(),
  task: z.enum(tasks),
  weights: z.string().nullable(),
  cache: z.boolean(),
  arguments: z.object({
    architecture: z.string(),
    parent: z.string().nullable(),
    baseWeights: z.object({ name: z.string(), sha256: z.string() }).nullable(),
    imageSize: z.int(),
    epochs: z.int(),
    batch: z.int(),
    learningRate: z.number(),
    seed: z.int(),
  }),
})
export type RunSpec = z.infer<typeof RunSpec>

/** Who carries out an attempt. */
const Lock = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  at: z.number(),
  resumed: z.boolean(),
})
type Lock = z.infer<typeof Lock>

/** How an attempt ended, in the words of the process that carried it out. */
const Exit = z.object({
  outcome: z.enum(['finished', 'failed', 'killed', 'stopped', 'out-of-memory']),
  stage: z.enum(['train', 'export', 'predict']),
  code: z.int().nullable(),
  signal: z.string().nullable(),
  at: z.number(),
})
export type Exit = z.infer<typeof Exit>

export interface Attempt {
  readonly number: number
  readonly lock: Lock
  readonly exit: Exit | null
}

/** File names of one training's folder. Attempts are numbered: each has its lock, its log and its exit. */
export const runPaths = (folder: string) => ({
  spec: join(folder, 'spec.json'),
  config: join(folder, 'config'),
  trainFolder: join(folder, 'train'),
  results: join(folder, 'train', 'results.csv'),
  curve: join(folder, 'training.csv'),
  best: join(folder, 'train', 'weights', 'best.pt'),
  last: join(folder, 'train', 'weights', 'last.pt'),
  onnx: join(folder, 'train', 'weights', 'best.onnx'),
  /** What the trainer finds on one image, as it wrote it, and as a `ReferenceRecord`. */
  referenceFolder: join(folder, 'reference'),
  reference: join(folder, 'reference.json'),
  kept: join(folder, 'kept.pt'),
  keptBefore: join(folder, 'kept-before.pt'),
  /** Where a trainer that is called by the contract of docs/trainers.md puts its files. */
  out: join(folder, 'out'),
  job: join(folder, 'job.json'),
  /** The batch that is left after memory ran out. */
  halved: join(folder, 'halved-batch'),
  wrapperLog: join(folder, 'wrapper.log'),
  lock: (attempt: number) => join(folder, `attempt-${attempt}.lock`),
  log: (attempt: number) => join(folder, `attempt-${attempt}.log`),
  exit: (attempt: number) => join(folder, `attempt-${attempt}.exit.json`),
})

/** Text of a file; null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Writes a file so that a reader sees all of it or nothing. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}.part`
  await writeFile(partial, text)
  await rename(partial, path)
}

export async function readSpec(folder: string): Promise<RunSpec | null> {
  const text = await readText(runPaths(folder).spec)
  return text === null ? null : RunSpec.parse(JSON.parse(text))
}

/** All attempts at this training, oldest first. */
export async function listAttempts(folder: string): Promise<Attempt[]> {
  const numbers = (await readdir(folder))
    .flatMap((name) => /^attempt-(\d+)\.lock$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  return Promise.all(numbers.map(async (number) => readAttempt(folder, number)))
}

async function readAttempt(folder: string, number: number): Promise<Attempt> {
  const paths = runPaths(folder)
  const exit = await readText(paths.exit(number))
  return {
    number,
    lock: Lock.parse(JSON.parse((await readText(paths.lock(number))) ?? '')),
    exit: exit === null ? null : Exit.parse(JSON.parse(exit)),
  }
}

/**
 * Claims the next attempt for this process. The lock appears whole or not at all (a hard link), and only one process can
 * make the one of a number: a stale lock is never removed but out-numbered, so nobody can take away a fresh one by mistake.
 * @returns null when another process was quicker
 */
export async function claimAttempt(
  folder: string,
  number: number,
  resumed: boolean,
): Promise<Attempt | null> {
  const self = await identifyProcess(process.pid)
  if (self === null) throw new Error(`Process ${process.pid} cannot find itself.`)
  const lock: Lock = { ...self, at: Date.now(), resumed }
  const path = runPaths(folder).lock(number)
  const partial = `${path}.${process.pid}.part`
  await writeFile(partial, JSON.stringify(lock))
  try {
    await link(partial, path)
    return { number, lock, exit: null }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null
    throw error
  } finally {
    await rm(partial, { force: true })
  }
}

export const leaderOf = ({ lock: { pid, startedAt } }: Attempt): ProcessIdentity => ({ pid, startedAt })

export async function recordExit(folder: string, attempt: number, exit: Omit<Exit, 'at'>): Promise<void> {
  await writeWhole(runPaths(folder).exit(attempt), JSON.stringify({ ...exit, at: Date.now() }))
}

/** Images a step: as planned, or what is left of them since memory ran out. */
export async function batchOf(folder: string, spec: RunSpec): Promise<number> {
  const text = await readText(runPaths(folder).halved)
  return text === null ? spec.arguments.batch : Number(text)
}
