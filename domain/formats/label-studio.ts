import { clampToImage, isDegenerate, type ImageSize, type LabelledBox, type Xyxy } from '../box.ts'
import { hull, type Point, type Polygon } from '../polygon.ts'
import { boxControl, imageObject, outlineControl } from './label-studio-config.ts'

/** One constant for all predictions: the editor pre-fills only from the version the project names. */
export const boardModelVersion = 'understudy'

/** A rectangle in percent of the displayed image: top-left corner, size, clockwise degrees about that corner. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly rotation: number
}

/** Pixels to percent. */
export function toRectangle([x1, y1, x2, y2]: Xyxy, size: ImageSize): Rectangle {
  return {
    x: (x1 / size.width) * 100,
    y: (y1 / size.height) * 100,
    width: ((x2 - x1) / size.width) * 100,
    height: ((y2 - y1) / size.height) * 100,
    rotation: 0,
  }
}

/** Percent to pixels. A rotated rectangle gives its axis-aligned hull; negative sizes are turned round. Not clamped. */
export function fromRectangle({ x, y, width, height, rotation }: Rectangle, size: ImageSize): Xyxy {
  const left = (x / 100) * size.width
  const top = (y / 100) * size.height
  const across = (width / 100) * size.width
  const down = (height / 100) * size.height
  const angle = (rotation * Math.PI) / 180
  const [cos, sin] = rotation === 0 ? [1, 0] : [Math.cos(angle), Math.sin(angle)]
  const corners = [
    [0, 0],
    [across, 0],
    [across, down],
    [0, down],
  ] as const
  return hull(corners.map(([dx, dy]) => [left + dx * cos - dy * sin, top + dx * sin + dy * cos]))
}

/** An outline in percent of the displayed image. */
export const toPercentPoints = (outline: Polygon, { width, height }: ImageSize): Polygon =>
  outline.map(([x, y]): Point => [(x / width) * 100, (y / height) * 100])

/** Percent to pixels, cut to the image. */
export function fromPercentPoints(points: Polygon, size: ImageSize): Polygon {
  return points.map(([x, y]): Point => {
    const [left, top] = clampToImage([(x / 100) * size.width, (y / 100) * size.height, 0, 0], size)
    return [left, top]
  })
}

/** Whose box a draft shows. */
export type DraftSource = 'teacher' | 'student' | 'both' | 'person'

const sourceWords = (source: DraftSource, simulatedTeacher: boolean): string => {
  if (!simulatedTeacher) return source
  if (source === 'teacher') return 'simulated teacher'
  return source === 'both' ? 'both (simulated teacher)' : source
}

/** A region of a prediction. A type alias, not an interface: it must fit a record of unknown values. */
export type DraftRegion = {
  readonly id: string
  readonly from_name: string
  readonly to_name: string
  readonly meta?: { readonly text: readonly string[] }
  readonly score?: number
} & (
  | {
      readonly type: 'rectanglelabels'
      readonly value: Rectangle & { readonly rectanglelabels: readonly [string] }
    }
  | {
      readonly type: 'polygonlabels'
      readonly value: {
        readonly points: Polygon
        readonly closed: true
        readonly polygonlabels: readonly [string]
      }
    }
)

/** Id of the region that a further outline of one object belongs to; an id of another kind is its own. */
export const objectOfRegion = (id: string): string => /^([0-9a-f]+_\d+)_\d+$/.exec(id)?.[1] ?? id

export interface DraftOptions {
  readonly size: ImageSize
  /** Makes region ids unique: `<prefix>_0`, `<prefix>_1`… */
  readonly idPrefix: string
  readonly simulatedTeacher?: boolean
  /** Draws the outlines of boxes that have some, one region each, instead of the boxes. */
  readonly withOutlines?: boolean
}

/**
 * A draft's regions, in the order of the boxes. They carry no `original_width` and `original_height`: the editor adds them
 * once the image has loaded, and that is how an answer given without seeing the image is told apart. Boxes are cut to the
 * image; what is thinner than a pixel is left out. The ids of an object's further outlines say which they belong to.
 */
export function draftRegions(
  boxes: readonly (LabelledBox & { readonly source?: DraftSource })[],
  { size, idPrefix, simulatedTeacher = false, withOutlines = false }: DraftOptions,
): DraftRegion[] {
  return boxes.flatMap((box, index): DraftRegion[] => {
    const xyxy = clampToImage(box.xyxy, size)
    if (isDegenerate(xyxy)) return []
    const id = `${idPrefix}_${index}`
    const said = {
      to_name: imageObject,
      ...(box.source === undefined ? {} : { meta: { text: [sourceWords(box.source, simulatedTeacher)] } }),
      ...(box.score === null ? {} : { score: box.score }),
    }
    if (withOutlines && box.polygons !== undefined && box.polygons.length > 0) {
      return box.polygons.map((outline, part) => ({
        ...said,
        id: part === 0 ? id : `${id}_${part}`,
        from_name: outlineControl,
        type: 'polygonlabels' as const,
        value: {
          points: toPercentPoints(outline, size),
          closed: true as const,
          polygonlabels: [box.class] as const,
        },
      }))
    }
    const region = {
      ...said,
      id,
      from_name: boxControl,
      type: 'rectanglelabels' as const,
      value: { ...toRectangle(xyxy, size), rectanglelabels: [box.class] as const },
    }
    return [region]
  })
}
