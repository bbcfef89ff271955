import { boxArea, clampToImage, type ImageSize, type LabelledBox, type Xyxy } from './box.ts'
import { containment, intersectionArea, iou } from './iou.ts'

/** What was found in one tile, in pixels of the whole image. */
export interface TileFindings {
  readonly tile: Xyxy
  readonly boxes: readonly LabelledBox[]
}

/** Overlap from which boxes of one class out of two tiles are one object. */
const sameObject = 0.5
/** A piece that lies so far inside another box of its class belongs to it (SAHI's intersection over smaller). */
const insideAnother = 0.6
/** A box this near to an inner border, as a share of the tile's side, was cut by it. */
const nearBorder = 0.01

interface Found {
  readonly box: LabelledBox
  readonly tile: number
  readonly isCut: boolean
}

/**
 * One list out of what overlapping tiles of an image of `size` hold. An object that lies whole in a tile is taken from
 * there, from the smaller tile where there are two; a piece that an inner border cut off gives way to a whole one, and
 * pieces without a whole one that overlap across a border become one box around them. Boxes of one tile are never merged,
 * nor are boxes of different classes. Where two are one, the higher score stays.
 */
export function mergeTiles(findings: readonly TileFindings[], size: ImageSize): LabelledBox[] {
  const found = findings.flatMap(({ tile, boxes }, index) =>
    boxes.map((box): Found => ({ box, tile: index, isCut: isCut(box.xyxy, tile, size) })),
  )
  const tileArea = findings.map(({ tile }) => boxArea(tile))
  const areaOf = ({ tile }: Found): number => tileArea[tile] ?? 0
  const whole = found.filter((entry) => !entry.isCut).sort((a, b) => areaOf(a) - areaOf(b))
  const pieces = found
    .filter((entry) => entry.isCut)
    .sort((a, b) => boxArea(b.box.xyxy) - boxArea(a.box.xyxy))

  const kept: { box: LabelledBox; readonly tiles: Set<number>; readonly isCut: boolean }[] = []
  for (const entry of [...whole, ...pieces]) {
    const { box, tile } = entry
    const other = kept.find(
      (one) => one.box.class === box.class && !one.tiles.has(tile) && isSame(one, entry),
    )
    if (other === undefined) kept.push({ box, tiles: new Set([tile]), isCut: entry.isCut })
    else {
      other.tiles.add(tile)
      other.box = joined(other.box, box, other.isCut && entry.isCut)
    }
  }
  return kept.map(({ box }) => box)
}

function isCut([x1, y1, x2, y2]: Xyxy, [left, top, right, bottom]: Xyxy, size: ImageSize): boolean {
  const [marginX, marginY] = [(right - left) * nearBorder, (bottom - top) * nearBorder]
  return (
    (left > 0 && x1 <= left + marginX) ||
    (top > 0 && y1 <= top + marginY) ||
    (right < size.width && x2 >= right - marginX) ||
    (bottom < size.height && y2 >= bottom - marginY)
  )
}

function isSame(
  one: { readonly box: LabelledBox; readonly isCut: boolean },
  { box, isCut: cut }: Found,
): boolean {
  const [a, b] = [one.box.xyxy, box.xyxy]
  if (iou(a, b) >= sameObject) return true
  if (cut && containment(b, a) >= insideAnother) return true
  return cut && one.isCut && intersectionArea(a, b) > 0
}

/** Two pieces become what is around both; else the box that is there stays. */
function joined(a: LabelledBox, b: LabelledBox, arePieces: boolean): LabelledBox {
  const score = a.score === null || b.score === null ? (a.score ?? b.score) : Math.max(a.score, b.score)
  if (!arePieces) return { ...a, score }
  const around: Xyxy = [
    Math.min(a.xyxy[0], b.xyxy[0]),
    Math.min(a.xyxy[1], b.xyxy[1]),
    Math.max(a.xyxy[2], b.xyxy[2]),
    Math.max(a.xyxy[3], b.xyxy[3]),
  ]
  const polygons = [...(a.polygons ?? []), ...(b.polygons ?? [])]
  return { class: a.class, xyxy: around, score, ...(polygons.length === 0 ? {} : { polygons }) }
}

/** A tile's box in pixels of the whole image. */
export function inImage(box: LabelledBox, [left, top]: Xyxy, size: ImageSize): LabelledBox {
  const [x1, y1, x2, y2] = box.xyxy
  const moved = { ...box, xyxy: clampToImage([x1 + left, y1 + top, x2 + left, y2 + top], size) }
  if (box.polygons === undefined) return moved
  return {
    ...moved,
    polygons: box.polygons.map((ring) => ring.map(([x, y]) => [x + left, y + top] as const)),
  }
}
