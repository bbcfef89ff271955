import pMap from 'p-map'
import { clampToImage, isDegenerate, type ImageSize, type Xyxy } from '../domain/box.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { polygonArea, type Point } from '../domain/polygon.ts'
import type { DatasetLine, LeftOutReason } from '../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { hashOf } from './content-hash.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { latestReviews } from './store/reviews.ts'

export interface ReviewedImages {
  /** In order of the image's id. */
  readonly lines: readonly DatasetLine[]
  /** For each image the store key of the review or draft that its labels come from. */
  readonly origins: ReadonlyMap<string, string>
  readonly leftOut: ReadonlyMap<LeftOutReason, readonly string[]>
}

/**
 * What people accepted, as lines of a dataset. Reviewed-and-empty images are in it (negatives); drafts, skips and refused
 * answers are not. A review with a box of a removed class is left out whole: without that box it would say "nothing there".
 */
export async function reviewedImages(
  store: ObjectStore,
  project: string,
  classes: readonly string[],
): Promise<ReviewedImages> {
  const known = new Set(classes)
  const reviews = [...(await latestReviews(store, project))].sort(([a], [b]) => (a < b ? -1 : 1))
  const results = await pMap(
    reviews,
    async ([image, { key, review }]) => {
      const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      return { key, ...readLine(record, review.boxes, known) }
    },
    { concurrency: readsAtOnce },
  )
  const lines: DatasetLine[] = []
  const origins = new Map<string, string>()
  const leftOut = new Map<LeftOutReason, string[]>()
  for (const result of results) {
    if ('line' in result) {
      lines.push(result.line)
      origins.set(result.line.image, result.key)
    } else {
      const images = leftOut.get(result.leftOut) ?? []
      images.push(result.image)
      leftOut.set(result.leftOut, images)
    }
  }
  return { lines, origins, leftOut }
}

/** An image with the boxes somebody gave it as a line, or the reason why there is none. */
export function readLine(
  record: ImageRecord,
  given: readonly StoredLabel[],
  known: ReadonlySet<string>,
): { line: DatasetLine } | { leftOut: LeftOutReason; image: string } {
  const { image, extension, width, height, group, split } = record
  if (split === 'quarantined') return { leftOut: 'quarantined', image }
  if (given.some((box) => !known.has(box.class))) return { leftOut: 'class-removed', image }
  const boxes = given
    .map((box) => labelIn(box, record))
    .filter(({ xyxy }) => !isDegenerate(xyxy))
    .sort((a, b) => (boxOrder(a) < boxOrder(b) ? -1 : 1))
  return { line: { image, extension, width, height, group, split, boxes } }
}

/** A person's box as a label: cut to the image, with its outlines and its mark for a crowd. */
function labelIn({ class: name, xyxy, polygons, crowd }: StoredLabel, image: ImageRecord): StoredLabel {
  const outlines = (polygons ?? [])
    .map((outline) => outline.map((point) => roundedPoint(point, image)))
    .filter((outline) => polygonArea(outline) > 0)
  return {
    class: name,
    xyxy: rounded(clampToImage(xyxy, image)),
    ...(outlines.length === 0 ? {} : { polygons: outlines }),
    ...(crowd === true ? { crowd } : {}),
  }
}

type StoredLabel = DatasetLine['boxes'][number]

function roundedPoint([x, y]: Point, image: ImageSize): [number, number] {
  const [left, top] = rounded(clampToImage([x, y, x, y], image))
  return [left, top]
}

/** A hundredth of a pixel: an untouched box that went through the editor's percent again stays the same label. */
const rounded = ([x1, y1, x2, y2]: Xyxy): [number, number, number, number] => [
  hundredth(x1),
  hundredth(y1),
  hundredth(x2),
  hundredth(y2),
]
const hundredth = (value: number): number => Math.round(value * 100) / 100

const boxOrder = ({ class: name, xyxy, polygons, crowd }: StoredLabel): string =>
  JSON.stringify([name, xyxy, polygons, crowd])

/** The identity of what an image teaches: two lines with this hash in common train alike. */
export const labelHash = ({ image, width, height, split, boxes, unreviewed }: DatasetLine): string =>
  hashOf({ image, width, height, split, boxes, unreviewed })

/** The identity of a dataset version: class list and content of its lines, whatever their order and origin. */
export function datasetHash(classes: readonly string[], lines: readonly DatasetLine[]): string {
  const content = lines
    .map(({ image, width, height, group, split, boxes, unreviewed }) => {
      return { image, width, height, group, split, boxes, unreviewed }
    })
    .sort((a, b) => (a.image < b.image ? -1 : 1))
  return hashOf({ classes, lines: content })
}
