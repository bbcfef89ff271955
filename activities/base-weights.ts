import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { Task } from '../domain/contracts/tasks.ts'
import { BaseWeights } from '../domain/schemas/records/training-plan.ts'
import { sha256Hex } from './content-hash.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord, writeRecord } from './store/records.ts'

export interface BaseWeightsDependencies {
  readonly store: ObjectStore
  /** Where weights are looked for by name, and kept when they were fetched. */
  readonly weightsFolder: string
  /** Files that may be fetched, by name. */
  readonly downloads: Readonly<Record<string, Download>>
}

export interface Download {
  readonly url: string
  /** They are a pickle, which runs code when it is opened: no other bytes are ever taken. */
  readonly sha256: string
}

/** Of the vendor's release of October 2024, which every later version of the trainer reads. */
export const knownDownloads: Readonly<Record<string, Download>> = {
  'yolo11n.pt': {
    url: 'https://github.com/ultralytics/assets/releases/download/v8.3.0/yolo11n.pt',
    sha256: '0ebbc80d4a7680d14987a577cd21342b65ecfd94632bd9a8da63ae6417644ee1',
  },
}

const smallest: Readonly<Record<Task, string>> = { detect: 'yolo11n.pt', segment: 'yolo11n-seg.pt' }

interface Wish {
  readonly project: string
  readonly task: Task
  /** As configured. */
  readonly architecture: string
  readonly mayDownload: boolean
}

/**
 * The weights to begin with, put into the store under their hash so that every training host has them: the file that the
 * config names, one of that name in the weights folder, one that the store has kept, or a download. `auto` takes the small
 * ones of the vendor when they can be had.
 * @returns why there are none, in words; empty when none were asked for
 * @throws AdapterError NotFound when the config names weights that cannot be had
 */
export async function findBaseWeights(
  dependencies: BaseWeightsDependencies,
  wish: Wish,
): Promise<BaseWeights | string> {
  const { architecture, task } = wish
  if (architecture !== 'auto' && !architecture.endsWith('.pt')) return ''
  const name = architecture === 'auto' ? smallest[task] : basename(architecture)
  const path = architecture.includes('/') ? architecture : join(dependencies.weightsFolder, name)
  const found = await readFileIfThere(path)
  if (found !== null) return keep(dependencies.store, wish.project, name, found)
  const known = architecture.includes('/') ? null : await keptBefore(dependencies.store, wish.project, name)
  if (known !== null) return known
  const fetched = await download(dependencies, name, wish.mayDownload)
  if (typeof fetched !== 'string') return keep(dependencies.store, wish.project, name, fetched)
  if (architecture === 'auto') return fetched
  throw new AdapterError(
    'NotFound',
    `The weights ${name} of student.architecture cannot be had: ${fetched}.`,
    {
      retryable: false,
      hint: `Put the file into ${dependencies.weightsFolder} on the host of the core queue, or set student.architecture to "auto" or "tiny".`,
    },
  )
}

async function readFileIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new AdapterError('BadConfig', `The weights ${basename(path)} cannot be read.`, {
      retryable: false,
      hint: 'student.architecture must name a file that the worker of the core queue may read.',
      cause: error,
    })
  }
}

async function keep(store: ObjectStore, project: string, name: string, bytes: Buffer): Promise<BaseWeights> {
  const weights: BaseWeights = { name, sha256: sha256Hex(bytes) }
  const keys = storeKeys(project)
  await store.putIfAbsent(keys.baseWeights(weights.sha256), bytes, 'application/octet-stream')
  await writeRecord(store, keys.baseWeightsNamed(name), BaseWeights, weights)
  return weights
}

async function keptBefore(store: ObjectStore, project: string, name: string): Promise<BaseWeights | null> {
  const keys = storeKeys(project)
  const known = await readRecord(store, keys.baseWeightsNamed(name), BaseWeights)
  return known !== null && (await store.has(keys.baseWeights(known.sha256))) ? known : null
}

/** Without a network nobody should wait long for the answer; with one, the file is small. */
const answerMilliseconds = 4000
const wholeMilliseconds = 120_000

async function download(
  { weightsFolder, downloads }: BaseWeightsDependencies,
  name: string,
  mayDownload: boolean,
): Promise<Buffer | string> {
  const pinned = downloads[name]
  if (pinned === undefined) return `no ${name} at hand`
  if (!mayDownload) return `no ${name} at hand, and downloadWeights is off`
  const bytes = await fetchWhole(pinned.url)
  if (bytes === null) return `${name} could not be downloaded`
  if (sha256Hex(bytes) !== pinned.sha256) return `${name} came with other bytes than expected`
  await mkdir(weightsFolder, { recursive: true })
  const partial = join(weightsFolder, `${name}.${randomUUID()}.part`)
  try {
    await writeFile(partial, bytes)
    await rename(partial, join(weightsFolder, name))
  } finally {
    await rm(partial, { force: true })
  }
  return bytes
}

async function fetchWhole(url: string): Promise<Buffer | null> {
  const abort = new AbortController()
  const late = setTimeout(() => abort.abort(), answerMilliseconds)
  const tooLate = setTimeout(() => abort.abort(), wholeMilliseconds)
  try {
    const response = await fetch(url, { signal: abort.signal })
    clearTimeout(late)
    return response.ok ? Buffer.from(await response.arrayBuffer()) : null
  } catch {
    // No network, or not to there: the plan says so, and goes on without.
    return null
  } finally {
    clearTimeout(late)
    clearTimeout(tooLate)
  }
}
