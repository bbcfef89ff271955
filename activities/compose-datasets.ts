import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { diffDatasets, type DatasetDiff } from '../domain/dataset-diff.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { openPicture } from './adapters/sharp/open-picture.ts'
import { createDatasetCheck, type DatasetCheck } from './checking-dataset.ts'
import { createDatasetExport, type DatasetExport } from './exporting-dataset.ts'
import { createLabelImport, type LabelImportResult } from './importing-labels.ts'
import { createIngest } from './ingesting.ts'
import { normaliseImage } from './adapters/sharp/normalise-image.ts'
import { datasetLines, findDataset, listDatasets, type DatasetVersion } from './dataset-library.ts'

export type { DatasetCheck, DatasetExport, DatasetVersion, LabelImportResult }

/** What `dataset list` shows, the newest last. */
export const readDatasetVersions = (
  settings: ConnectionSettings['store'],
  project: string,
): Promise<DatasetVersion[]> => listDatasets(createObjectStore(settings), project)

/** What `dataset diff` shows: `before` and `after` are hashes or the first digits of them. */
export async function compareDatasets(
  settings: ConnectionSettings['store'],
  project: string,
  names: { readonly before: string; readonly after: string },
): Promise<DatasetDiff & { readonly before: string; readonly after: string }> {
  const store = createObjectStore(settings)
  const before = await findDataset(store, project, names.before)
  const after = await findDataset(store, project, names.after)
  const lines = async ({ dataset }: DatasetVersion) => datasetLines(store, project, dataset)
  const diff = diffDatasets(await lines(before), await lines(after))
  return { before: before.dataset, after: after.dataset, ...diff }
}

/** What `dataset check` runs. */
export const composeDatasetCheck = (
  settings: ConnectionSettings['store'],
): ReturnType<typeof createDatasetCheck> =>
  createDatasetCheck({ store: createObjectStore(settings), decode: openPicture })

/** What `dataset export` runs. */
export const composeDatasetExport = (
  settings: ConnectionSettings['store'],
): ReturnType<typeof createDatasetExport> => createDatasetExport({ store: createObjectStore(settings) })

/** What `dataset import` runs. */
export function composeLabelImport(
  settings: ConnectionSettings['store'],
): ReturnType<typeof createLabelImport> {
  const store = createObjectStore(settings)
  const now = () => new Date()
  return createLabelImport({ store, ingest: createIngest({ store, normalise: normaliseImage, now }), now })
}
