import { clampToImage, type ImageSize, type Xyxy } from '../../../domain/box.ts'
import type { Polygon } from '../../../domain/polygon.ts'
import { glyphPath, glyphSize, printable } from './bitmap-font.ts'

export interface Annotation {
  /** Pixels of the picture that is drawn on. */
  readonly xyxy: Xyxy
  /** Outlines of the object's mask, same pixels: drawn filled, so that the picture shines through. */
  readonly polygons?: readonly Polygon[] | undefined
  readonly label: string
  /** `#rrggbb` */
  readonly colour: string
}

/** Pixels of the picture a dot of the font; the smallest that is still read, growing with the picture. */
const dotSize = ({ width, height }: ImageSize): number =>
  Math.max(2, Math.round(Math.max(width, height) / 500))

/** Boxes and outlines with their labels as an SVG of the picture's size. It holds no text, so nothing needs fonts or escaping. */
export function boxOverlay(size: ImageSize, annotations: readonly Annotation[]): string {
  const dot = dotSize(size)
  const labels = annotations.map((annotation) => ({ ...annotation, label: printable(annotation.label) }))
  const characters = new Set(labels.flatMap(({ label }) => Array.from(label)))
  const glyphs = [...characters].map((c) => `<path id="c${c.charCodeAt(0)}" d="${glyphPath(c)}"/>`)
  const masks = labels.map((annotation) => maskShape(annotation, dot))
  const boxes = labels.map((annotation) => boxShape(annotation, size, dot))
  const tags = labels.map((annotation) => tagShape(annotation, size, dot))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">`,
    `<defs>${glyphs.join('')}</defs>`,
    ...masks,
    ...boxes,
    ...tags,
    '</svg>',
  ].join('\n')
}

function boxShape({ xyxy, colour }: Annotation, size: ImageSize, dot: number): string {
  const [x1, y1, x2, y2] = clampToImage(xyxy, size)
  const frame = `x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}"`
  return `<rect ${frame} fill="none" stroke="${colour}" stroke-width="${dot}"/>`
}

function maskShape({ polygons = [], colour }: Annotation, dot: number): string {
  if (polygons.length === 0) return ''
  const outlines = polygons.map((outline) => `M${outline.map(([x, y]) => `${x} ${y}`).join('L')}Z`)
  return `<path d="${outlines.join('')}" fill="${colour}" fill-opacity="0.35" stroke="${colour}" stroke-width="${dot}"/>`
}

/** On top of the box, or inside where the picture ends; moved left where it would leave the picture. */
function tagShape({ xyxy, label, colour }: Annotation, size: ImageSize, dot: number): string {
  const [x1, y1] = clampToImage(xyxy, size)
  const width = (label.length * (glyphSize.width + 1) + 1) * dot
  const height = (glyphSize.height + 2) * dot
  const left = Math.max(0, Math.min(x1, size.width - width))
  const top = y1 >= height ? y1 - height : y1
  const letters = Array.from(label).map(
    (c, index) => `<use href="#c${c.charCodeAt(0)}" x="${1 + index * (glyphSize.width + 1)}" y="1"/>`,
  )
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colour}"/>`,
    `<g transform="translate(${left} ${top}) scale(${dot})" fill="${inkOn(colour)}" shape-rendering="crispEdges">`,
    ...letters,
    '</g>',
  ].join('')
}

/** Black or white, whichever is read better on the colour (relative luminance of ITU-R BT.709). */
function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 ? '#000000' : '#ffffff'
}
