import { boxArea, boxHeight, boxWidth, clampToImage, type Xyxy } from '../../domain/box.ts'
import { intersectionArea } from '../../domain/iou.ts'
import { mostTilesASide, tilesOf } from '../../domain/tiles.ts'
import { greyPicture, thumbnailDistance, thumbnailSide, type GreyPicture } from './pictures.ts'
import type { TruthImage } from './truth.ts'

/** A tile of a picture of the truth, and what it looks like. */
interface TileView {
  readonly image: TruthImage
  readonly side: number
  readonly tile: Xyxy
  readonly thumbnail: Uint8Array
}

/** An object of which less is seen in a tile is not asked for there: nobody could draw it. */
const seenEnough = 0.4

/** Finds tiles of these pictures. What they look like is made when the first one is looked for: a second or two for 255. */
export function createTileFinder(images: readonly TruthImage[]) {
  let made: Promise<readonly TileView[]> | null = null

  /** The picture of which this is a tile, as a picture of its own: with its objects cut to the tile; null for none. */
  return async (encoded: Uint8Array, samePicture: number): Promise<TruthImage | null> => {
    made ??= allViews(images)
    const views = await made
    const grey = await greyPicture(encoded)
    const thumbnail = means(grey, [0, 0, grey.width, grey.height])
    const [nearest] = views
      .map((view) => ({ view, distance: thumbnailDistance(thumbnail, view.thumbnail) }))
      .toSorted((a, b) => a.distance - b.distance)
    return nearest === undefined || nearest.distance >= samePicture ? null : asPicture(nearest.view)
  }
}

async function allViews(images: readonly TruthImage[]): Promise<readonly TileView[]> {
  const views: TileView[] = []
  for (const image of images) {
    const grey = await greyPicture(image.file)
    for (let side = 2; side <= mostTilesASide; side += 1) {
      for (const tile of tilesOf(image.size, side).slice(1)) {
        views.push({ image, side, tile, thumbnail: means(grey, tile) })
      }
    }
  }
  return views
}

/** Mean grey values of a rectangle's 16 by 16 fields. */
function means({ width, data }: GreyPicture, [left, top, right, bottom]: Xyxy): Uint8Array {
  const edge = (from: number, to: number, index: number): number =>
    Math.floor(from + ((to - from) * index) / thumbnailSide)
  return Uint8Array.from({ length: thumbnailSide * thumbnailSide }, (_, field) => {
    const [column, row] = [field % thumbnailSide, Math.floor(field / thumbnailSide)]
    const [x1, x2] = [edge(left, right, column), edge(left, right, column + 1)]
    const [y1, y2] = [edge(top, bottom, row), edge(top, bottom, row + 1)]
    let sum = 0
    for (let y = y1; y < y2; y += 1) for (let x = x1; x < x2; x += 1) sum += data[y * width + x] ?? 0
    return Math.round(sum / Math.max(1, (x2 - x1) * (y2 - y1)))
  })
}

function asPicture({ image, side, tile }: TileView): TruthImage {
  const size = { width: boxWidth(tile), height: boxHeight(tile) }
  const objects = image.objects
    .filter(({ xyxy }) => intersectionArea(xyxy, tile) >= seenEnough * boxArea(xyxy))
    .map(({ class: name, xyxy: [x1, y1, x2, y2] }) => ({
      class: name,
      xyxy: clampToImage([x1 - tile[0], y1 - tile[1], x2 - tile[0], y2 - tile[1]], size),
    }))
  const view = { name: `${side} ${tile.join(' ')}`, enlarged: image.size.width / size.width }
  return { ...image, size, objects, view }
}
