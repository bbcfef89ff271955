export const uploadChoices = ['auto', 'never', 'always'] as const
/** Whether pictures may lie on the vendor's disk. `always`: whenever a draft shows one more than once. */
export type UploadChoice = (typeof uploadChoices)[number]

/** How a picture gets to the teacher: in the request; uploaded for one call; uploaded once for several calls of a draft. */
export type PictureLane = 'inline' | 'own-upload' | 'shared-upload'

/**
 * Largest request with pictures in it, bytes of JSON: the guides say 20 MB (ai.google.dev files guide), or 100 MB since
 * January 2026 (changelog). What both take goes inline.
 */
export const inlineRequestBytes = 20_000_000

/** Room for prompt and schema beside the pictures, bytes. */
const wordsBytes = 200_000

/**
 * An upload takes three more requests (start, bytes, delete), about a second; at ten megabits a second that is the time of
 * 1.25 MB. Three times that must be saved, because more requests are more that can go wrong.
 */
const worthSavingBytes = 4_000_000

/** Bytes that a picture takes in a request: base64 of it. */
export const inlineBytes = (pictureBytes: number): number => Math.ceil(pictureBytes / 3) * 4

/** Whether pictures of so many bytes together fit into one request. */
export const fitsInline = (pictureBytes: number): boolean =>
  inlineBytes(pictureBytes) + wordsBytes <= inlineRequestBytes

/** The lane of a picture of `bytes` that a draft shows `times` times. */
export function pictureLane(
  { bytes, times }: { readonly bytes: number; readonly times: number },
  choice: UploadChoice,
): PictureLane {
  if (choice === 'never') return 'inline'
  const saved = (times - 1) * inlineBytes(bytes)
  if (times > 1 && (choice === 'always' || saved >= worthSavingBytes)) return 'shared-upload'
  return fitsInline(bytes) ? 'inline' : 'own-upload'
}

/** Places of the pictures of one request that have to be uploaded so that the others fit into it: the largest, and no more than needed. */
export function picturesTooMany(bytes: readonly number[]): ReadonlySet<number> {
  const largestFirst = [...bytes.entries()].toSorted(([, a], [, b]) => b - a)
  const uploaded = new Set<number>()
  let left = bytes.reduce((sum, each) => sum + each, 0)
  for (const [place, each] of largestFirst) {
    if (fitsInline(left)) break
    uploaded.add(place)
    left -= each
  }
  return uploaded
}
