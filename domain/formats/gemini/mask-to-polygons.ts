import { boxHeight, boxWidth, type Xyxy } from '../../box.ts'
import { maskOutlines, type Mask } from '../../mask-outline.ts'
import { hull, type Point, type Polygon } from '../../polygon.ts'
import { fewerCorners } from '../../simplify-polygon.ts'

/** A probability above half counts as the object (Gemini API, image understanding, segmentation). */
const threshold = 127
/** Parts smaller than this share of the biggest are noise. */
const smallestPart = 0.02
/** So many corners are drawn and corrected with ease. */
const mostCorners = 200

/** Size at which a mask is traced: that of its box in pixels, less for very large boxes. */
export function tracingSize(xyxy: Xyxy): { readonly width: number; readonly height: number } {
  const [width, height] = [boxWidth(xyxy), boxHeight(xyxy)]
  const scale = Math.min(1, 1024 / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * The outlines of an object in pixels of the image: `probabilities` is its mask, 0 to 255, stretched over its box. The
 * biggest part comes first. None when no pixel is more likely than not.
 */
export function maskToPolygons({ width, height, data }: Mask, xyxy: Xyxy): Polygon[] {
  const rings = maskOutlines({ width, height, data: data.map((value) => (value > threshold ? 1 : 0)) })
  const sized = rings.map((ring) => ({ ring, extent: extentOf(ring) }))
  const biggest = sized[0]?.extent ?? 0
  const [left, top] = xyxy
  const [across, down] = [boxWidth(xyxy) / width, boxHeight(xyxy) / height]
  return sized
    .filter(({ extent }) => extent >= biggest * smallestPart)
    .map(({ ring }) =>
      fewerCorners(ring, mostCorners, 1).map(([x, y]): Point => [left + x * across, top + y * down]),
    )
}

function extentOf(ring: Polygon): number {
  const [x1, y1, x2, y2] = hull(ring)
  return (x2 - x1) * (y2 - y1)
}
