import type { ImageSize, LabelledBox } from '../box.ts'
import { looksLikeShares, type LabelSkip, type SkippedLabel } from '../label-files.ts'
import { hull, type Point, type Polygon } from '../polygon.ts'
import { fromCocoBox, type CocoImage } from './coco.ts'

/** A COCO file as others write it. `segmentation`: outlines, or a run-length mask, which is not read. */
export interface ForeignCoco {
  readonly images: readonly {
    readonly id: string | number
    readonly file_name: string
    readonly width: number
    readonly height: number
  }[]
  readonly annotations: readonly ForeignAnnotation[]
  readonly categories: readonly { readonly id: string | number; readonly name: string }[]
}
interface ForeignAnnotation {
  readonly image_id: string | number
  readonly category_id: string | number
  readonly bbox?: readonly number[] | null | undefined
  readonly iscrowd?: number | boolean | null | undefined
  readonly segmentation?: unknown
  readonly score?: number | null | undefined
}

/** What a COCO file says. */
export interface CocoLabels {
  readonly files: readonly CocoImage[]
  /** Names of the categories, in the order of the file. */
  readonly classes: readonly string[]
  readonly skipped: readonly SkippedLabel[]
}

/**
 * The pictures of a COCO file with their boxes, outlines, crowds and scores. What cannot be read is skipped with its reason;
 * nothing else is lost by it. An image without annotations is one where nothing is.
 */
export function readCocoLabels({ images, annotations, categories }: ForeignCoco): CocoLabels {
  const names = new Map(categories.map(({ id, name }) => [String(id), name]))
  const skipped: SkippedLabel[] = []
  const byId = new Map<string, { file: string; size: ImageSize; boxes: LabelledBox[] }>()
  for (const { id, file_name: file, width, height } of images) {
    if (byId.has(String(id)))
      skipped.push({ file, reason: 'named-twice', detail: `the id ${id} is another image's` })
    else byId.set(String(id), { file, size: { width, height }, boxes: [] })
  }
  for (const [index, annotation] of annotations.entries()) {
    const image = byId.get(String(annotation.image_id))
    const skip = (reason: LabelSkip, detail: string): void => {
      const file = image?.file ?? `image ${annotation.image_id}`
      skipped.push({ file, reason, detail: `annotation ${index + 1}: ${detail}` })
    }
    const name = names.get(String(annotation.category_id))
    if (image === undefined) skip('unknown-image', 'the file lists no such image')
    else if (name === undefined)
      skip('unknown-category', `the file lists no category ${annotation.category_id}`)
    else {
      const box = readAnnotation(annotation, name, image.size, skip)
      if (box !== null) image.boxes.push(box)
    }
  }
  return { files: [...byId.values()], classes: [...names.values()], skipped }
}

function readAnnotation(
  { bbox, iscrowd, segmentation, score: given }: ForeignAnnotation,
  name: string,
  size: ImageSize,
  skip: (reason: LabelSkip, detail: string) => void,
): LabelledBox | null {
  const crowd = iscrowd === 1 || iscrowd === true
  const polygons = readOutlines(segmentation)
  const isMask = typeof segmentation === 'object' && segmentation !== null && !Array.isArray(segmentation)
  if (isMask && !crowd) skip('mask-not-read', 'its mask is run-length coded; the box is taken without it')
  const [x, y, width, height] = bbox ?? []
  const numbers = [x, y, width, height]
  const score = given ?? null
  const extra = { ...(polygons.length > 0 ? { polygons } : {}), ...(crowd ? { crowd } : {}) }
  if (x === undefined || y === undefined || width === undefined || height === undefined) {
    if (polygons.length > 0) return { class: name, xyxy: hull(polygons.flat()), score, ...extra }
    skip('bad-box', 'it has no box of four numbers')
    return null
  }
  if (!numbers.every(Number.isFinite) || width <= 0 || height <= 0) {
    skip('bad-box', `${numbers.join(', ')} is no box`)
    return null
  }
  const isShare = looksLikeShares([x, y, width, height], size)
  const corners = fromCocoBox([x, y, width, height])
  const [x1, y1, x2, y2] = corners
  const xyxy = isShare
    ? ([x1 * size.width, y1 * size.height, x2 * size.width, y2 * size.height] as const)
    : corners
  return { class: name, xyxy, score, ...extra }
}

/** Lists of `x, y, x, y…`. Anything else is no outline. */
function readOutlines(segmentation: unknown): Polygon[] {
  if (!Array.isArray(segmentation)) return []
  return segmentation.flatMap((part: unknown): Polygon[] => {
    if (!Array.isArray(part)) return []
    const numbers = part.filter((value: unknown): value is number => Number.isFinite(value))
    if (numbers.length !== part.length || numbers.length < 6) return []
    const points: Point[] = []
    for (let at = 0; at + 1 < numbers.length; at += 2) points.push([numbers[at] ?? 0, numbers[at + 1] ?? 0])
    return [points]
  })
}
