import type { ImageSize, LabelledBox } from '../box.ts'
import { boardModelVersion, draftRegions } from './label-studio.ts'

/** A task file's entry, as Label Studio's import takes it: one picture with its boxes as a prediction. */
export interface ImportTask {
  readonly data: { readonly image: string }
  readonly predictions: readonly [
    {
      readonly model_version: string
      readonly result: readonly Readonly<Record<string, unknown>>[]
    },
  ]
}

/** A task for one picture. Without boxes it still has a prediction, an empty one: "looked at, nothing there". */
export const toImportTask = (
  image: string,
  boxes: readonly LabelledBox[],
  size: ImageSize,
  number: number,
): ImportTask => ({
  data: { image },
  predictions: [
    {
      model_version: boardModelVersion,
      result: draftRegions(boxes, { size, idPrefix: `image${number}` }),
    },
  ],
})

/** Where Label Studio serves files of its own disk from, followed by the path below its document root. */
export const localFilesPrefix = '/data/local-files/?d='

const bucketAddress = /^(s3|gs|azure-blob):\/\//

/** A picture's address under a prefix. Keys of buckets are taken literally; paths in web addresses are percent-encoded. */
export function imageAddress(prefix: string, name: string): string {
  const path = bucketAddress.test(prefix) ? name : name.split('/').map(encodeURIComponent).join('/')
  return prefix.endsWith('/') || prefix.endsWith('=') ? `${prefix}${path}` : `${prefix}/${path}`
}

/**
 * A picture's path out of its address: below the prefix when that is known, else below the host or the bucket. The eight
 * digits that Label Studio puts before an uploaded file's name are taken away.
 */
export function imageNameOf(address: string, prefix: string | null): string {
  const isBucket = bucketAddress.test(address)
  const plain = (path: string): string => (isBucket ? path : decoded(path)).replace(/^\/+/, '')
  if (prefix !== null && address.startsWith(prefix)) return plain(address.slice(prefix.length))
  const local = /\/data\/local-files\/?\?d=([^&]*)/.exec(address)?.[1]
  const below = address.replace(/^[a-z0-9-]+:\/\/[^/]*/i, '')
  const path = local ?? (isBucket ? below : below.replace(/[?#].*$/, ''))
  return plain(path).replace(/^(?:data\/)?upload\/\d+\/(?:[0-9a-f]{8}-)?/, '')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
