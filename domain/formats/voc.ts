import { isDegenerate, type LabelledBox, type Xyxy } from '../box.ts'
import {
  looksLikeShares,
  type LabelledFile,
  type LabelSkip,
  type ReadLabels,
  type SkippedLabel,
} from '../label-files.ts'
import type { Point, Polygon } from '../polygon.ts'
import type { ImageSize } from '../box.ts'

/** A Pascal VOC annotation as an XML reader gives it, with the fields we use. */
export interface VocAnnotation {
  readonly filename?: string | undefined
  readonly size?: { readonly width: number; readonly height: number } | undefined
  readonly object: readonly {
    readonly name?: string | undefined
    readonly crowd?: number | undefined
    readonly bndbox?: Readonly<Record<'xmin' | 'ymin' | 'xmax' | 'ymax', number>> | undefined
    readonly polygon: readonly Readonly<Record<string, number>>[]
  }[]
}

/**
 * One image as a Pascal VOC file. Corners are pixels of the displayed image from 0 on, as LabelImg and CVAT write them (the
 * original toolkit counts from 1), with decimals where a label has them. Outlines stand as Roboflow writes them
 * (`<polygon><x1>…`), one element each; a crowd is marked `<crowd>1</crowd>`: the format has no word for either.
 */
export function toVoc({
  file,
  size: { width, height },
  boxes,
}: {
  readonly file: string
  readonly size: ImageSize
  readonly boxes: readonly Omit<LabelledBox, 'score'>[]
}): string {
  const objects = boxes.flatMap(({ class: name, xyxy: [x1, y1, x2, y2], polygons = [], crowd }) => [
    '  <object>',
    `    <name>${escaped(name)}</name>`,
    '    <pose>Unspecified</pose>',
    '    <truncated>0</truncated>',
    '    <difficult>0</difficult>',
    ...(crowd === true ? ['    <crowd>1</crowd>'] : []),
    `    <bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox>`,
    ...polygons.map((outline) => `    <polygon>${outline.map(corner).join('')}</polygon>`),
    '  </object>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<annotation>',
    `  <filename>${escaped(file)}</filename>`,
    `  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>`,
    `  <segmented>${boxes.some(({ polygons }) => polygons !== undefined) ? 1 : 0}</segmented>`,
    ...objects,
    '</annotation>',
    '',
  ].join('\n')
}

const corner = ([x, y]: Point, index: number): string =>
  `<x${index + 1}>${x}</x${index + 1}><y${index + 1}>${y}</y${index + 1}>`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text in XML: marked characters as entities; control characters, which XML 1.0 cannot hold at all, are left out. */
const escaped = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, '').replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark)

/** The boxes of one annotation. `file`: what the picture is called when the annotation itself does not say. */
export function fromVoc(annotation: VocAnnotation, file: string): ReadLabels {
  const named = annotation.filename === undefined || annotation.filename === '' ? file : annotation.filename
  const { size } = annotation
  const skipped: SkippedLabel[] = []
  if (size === undefined || !(size.width > 0) || !(size.height > 0)) {
    return {
      files: [],
      skipped: [
        { file: named, reason: 'unreadable-file', detail: 'it does not say the size of its picture' },
      ],
    }
  }
  const boxes = annotation.object.flatMap((object, index): LabelledBox[] => {
    const skip = (reason: LabelSkip, detail: string): void => {
      skipped.push({ file: named, reason, detail: `object ${index + 1}: ${detail}` })
    }
    const { name, bndbox, crowd } = object
    if (name === undefined || name === '') {
      skip('unknown-category', 'it has no name')
      return []
    }
    const xyxy = bndbox === undefined ? null : cornersOf(bndbox, size)
    if (xyxy === null || isDegenerate(xyxy)) {
      skip(
        'bad-box',
        bndbox === undefined ? 'it has no bndbox' : `${Object.values(bndbox).join(', ')} is no box`,
      )
      return []
    }
    const polygons = object.polygon.map(outlineOf).filter((outline) => outline.length > 2)
    const outlined = polygons.length > 0 ? { polygons } : {}
    return [{ class: name, xyxy, score: null, ...outlined, ...(crowd === 1 ? { crowd: true } : {}) }]
  })
  return { files: [{ file: named, size, boxes } satisfies LabelledFile], skipped }
}

function cornersOf(
  { xmin, ymin, xmax, ymax }: Readonly<Record<'xmin' | 'ymin' | 'xmax' | 'ymax', number>>,
  size: ImageSize,
): Xyxy | null {
  const corners: Xyxy = [xmin, ymin, xmax, ymax]
  if (!corners.every(Number.isFinite) || xmax < xmin || ymax < ymin) return null
  return looksLikeShares(corners, size)
    ? [xmin * size.width, ymin * size.height, xmax * size.width, ymax * size.height]
    : corners
}

/** `x1, y1, x2, y2…` of a polygon element, as far as they go on. */
function outlineOf(polygon: Readonly<Record<string, number>>): Polygon {
  const points: Point[] = []
  for (let number = 1; ; number += 1) {
    const [x, y] = [polygon[`x${number}`], polygon[`y${number}`]]
    if (x === undefined || y === undefined) return points
    points.push([x, y])
  }
}
