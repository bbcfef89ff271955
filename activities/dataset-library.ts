import { storeKeys } from '../domain/contracts/store-keys.ts'
import { DatasetBuilt, DatasetRecord, type DatasetLine } from '../domain/schemas/records/dataset.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord, requireRecord } from './store/records.ts'

export interface DatasetVersion extends DatasetRecord {
  /** Null: written by an older version. */
  readonly built: DatasetBuilt | null
}

/** All dataset versions of a project, the newest last. */
export async function listDatasets(store: ObjectStore, project: string): Promise<DatasetVersion[]> {
  const keys = storeKeys(project)
  const versions: DatasetVersion[] = []
  for await (const key of store.list(keys.datasets)) {
    const hash = /^([0-9a-f]{64})\/dataset\.json$/.exec(key.slice(keys.datasets.length))?.[1]
    if (hash === undefined) continue
    const record = await requireRecord(store, key, DatasetRecord)
    versions.push({ ...record, built: await readRecord(store, keys.datasetBuilt(hash), DatasetBuilt) })
  }
  const time = ({ built }: DatasetVersion): string => built?.builtAt ?? ''
  return versions.sort((a, b) => (time(a) === time(b) ? 0 : time(a) < time(b) ? -1 : 1))
}

/**
 * The version a person means: by its hash or the first digits of it; null for the newest.
 * @throws AdapterError NotFound when there is none, BadInput when the digits fit several
 */
export async function findDataset(
  store: ObjectStore,
  project: string,
  name: string | null,
): Promise<DatasetVersion> {
  const versions = await listDatasets(store, project)
  const newest = versions.at(-1)
  if (newest === undefined) {
    throw new AdapterError('NotFound', `Project ${project} has no dataset version yet.`, {
      retryable: false,
      hint: 'A cycle builds one from what is reviewed: `understudy cycle start`.',
    })
  }
  const fitting = name === null ? [newest] : versions.filter(({ dataset }) => dataset.startsWith(name))
  const [found, ...others] = fitting
  if (found === undefined) {
    throw new AdapterError('NotFound', `Project ${project} has no dataset version ${name}.`, {
      retryable: false,
      hint: '`understudy dataset list` names them.',
    })
  }
  if (others.length === 0) return found
  throw new AdapterError('BadInput', `${fitting.length} dataset versions begin with ${name}.`, {
    retryable: false,
    hint: 'Give more digits of the hash.',
  })
}

/** All lines of a version in memory: about 1 KB an image. */
export async function datasetLines(
  store: ObjectStore,
  project: string,
  dataset: string,
): Promise<DatasetLine[]> {
  const lines: DatasetLine[] = []
  for await (const line of readDataset(store, project, dataset)) lines.push(line)
  return lines
}
