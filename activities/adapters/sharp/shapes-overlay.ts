import { clampToImage, type ImageSize } from '../../../domain/box.ts'
import type { Point } from '../../../domain/polygon.ts'
import { anchorOf, type Annotation } from './annotation.ts'
import type { TextImage } from './text-image.ts'

/** An annotation with its label as a picture; null: it has none. */
export interface Tagged {
  readonly annotation: Annotation
  readonly text: TextImage | null
}

/** Where a tag lies, pixels. */
interface TagPlace {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Width of a line, pixels: the smallest that is still seen, growing with the picture. */
export const strokeWidth = ({ width, height }: ImageSize): number =>
  Math.max(2, Math.round(Math.max(width, height) / 500))

/** Shapes and the tags behind their labels as an SVG of the picture's size. It holds no text, so nothing needs escaping. */
export function shapesOverlay(size: ImageSize, tagged: readonly Tagged[]): string {
  const stroke = strokeWidth(size)
  const shapes = tagged.map(({ annotation }) => shape(annotation, size, stroke))
  const tags = tagged.map(({ annotation, text }) => {
    if (text === null) return ''
    const { left, top, width, height } = tagPlace(annotation, text, size)
    return `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${annotation.colour}"/>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">`,
    ...shapes,
    ...tags,
    '</svg>',
  ].join('\n')
}

function shape(annotation: Annotation, size: ImageSize, stroke: number): string {
  const line = `fill="none" stroke="${annotation.colour}" stroke-width="${stroke}"`
  if ('xy' in annotation) {
    const [x, y] = annotation.xy
    return `<circle cx="${x}" cy="${y}" r="${3 * stroke}" fill="${annotation.colour}" stroke="#ffffff" stroke-width="${stroke}"/>`
  }
  if ('edges' in annotation) {
    const path = annotation.edges.map(([from, to]) => `M${pair(from)}L${pair(to)}`).join('')
    return `<path d="${path}" ${line} stroke-linecap="round"/>`
  }
  const { polygons } = annotation
  if (polygons !== undefined) {
    const path = polygons.map((ring) => `M${ring.map(pair).join('L')}Z`).join('')
    return `<path d="${path}" fill="${annotation.colour}" fill-opacity="0.4" stroke="${annotation.colour}" stroke-width="${stroke}"/>`
  }
  const [x1, y1, x2, y2] = clampToImage(annotation.xyxy, size)
  return `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" ${line}/>`
}

const pair = ([x, y]: Point): string => `${x.toFixed(2)} ${y.toFixed(2)}`

const clamp = (value: number, most: number): number => Math.min(Math.max(Math.round(value), 0), most)

/** Above the shape, or inside where the picture ends; beside a spot; moved left where it would leave the picture. */
export function tagPlace(annotation: Annotation, text: TextImage, size: ImageSize): TagPlace {
  const margin = strokeWidth(size)
  const width = Math.min(text.width + 2 * margin, size.width)
  const height = Math.min(text.height + 2 * margin, size.height)
  const [x, y] = anchorOf(annotation)
  const isSpot = 'xy' in annotation
  const top = isSpot ? y - height / 2 : y >= height ? y - height : y
  return {
    left: clamp(isSpot ? x + 5 * margin : x, size.width - width),
    top: clamp(top, size.height - height),
    width,
    height,
  }
}

/** Black or white, whichever is read better on the colour (relative luminance of ITU-R BT.709). */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 ? '#000000' : '#ffffff'
}
