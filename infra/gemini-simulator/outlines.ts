import type { ImageSize, Xyxy } from '../../domain/box.ts'
import type { Polygon } from '../../domain/polygon.ts'
import { encodeGrey } from './pictures.ts'

/** Nobody published outlines for the demo images: blood cells are taken for ellipses that fill their boxes. */
const corners = 24

/** The ellipse in a box, in pixels. */
export const ellipseOutline = ([x1, y1, x2, y2]: Xyxy): Polygon =>
  Array.from({ length: corners }, (_, index) => {
    const angle = (index / corners) * 2 * Math.PI
    return [
      (x1 + x2) / 2 + ((x2 - x1) / 2) * Math.cos(angle),
      (y1 + y2) / 2 + ((y2 - y1) / 2) * Math.sin(angle),
    ]
  })

/** The ellipse in a box as points in thousandths of the image, x first, as the newer models answer. */
export const ellipsePolygon = (xyxy: Xyxy, { width, height }: ImageSize): number[][] =>
  ellipseOutline(xyxy).map(([x, y]) => [Math.round((x / width) * 1000), Math.round((y / height) * 1000)])

/** Side of a mask, pixels: the real ones are larger, and billed by the letter. */
const side = 32

/**
 * The ellipse that fills a box as Gemini 2.5 draws masks: a grey PNG with the probability of each pixel, falling off over a
 * soft rim and 127 at the ellipse itself, as a data URI.
 */
export async function ellipseMask(): Promise<string> {
  const grey = Uint8Array.from({ length: side * side }, (_, index) => {
    const [x, y] = [(index % side) + 0.5, Math.floor(index / side) + 0.5]
    const distance = Math.hypot((x - side / 2) / (side / 2), (y - side / 2) / (side / 2))
    return Math.round(255 / (1 + Math.exp((distance - 1) * 24)))
  })
  const png = await encodeGrey({ width: side, height: side, data: grey })
  return `data:image/png;base64,${png.toString('base64')}`
}
