import type { ImageSize, LabelledBox, Xyxy } from '../box.ts'
import { polygonArea } from '../polygon.ts'

/** A COCO file of boxes and outlines, with the fields we use (cocodataset.org, Data format). `score` stands in results only. */
export interface CocoDocument {
  readonly images: readonly {
    readonly id: number
    readonly file_name: string
    readonly width: number
    readonly height: number
  }[]
  readonly annotations: readonly {
    readonly id?: number | undefined
    readonly image_id: number
    readonly category_id: number
    /** Left, top, width, height in pixels. */
    readonly bbox: readonly [number, number, number, number]
    readonly area?: number | undefined
    readonly iscrowd?: number | undefined
    readonly score?: number | undefined
    /** Outlines as x1, y1, x2, y2, … in pixels. */
    readonly segmentation?: readonly (readonly number[])[] | undefined
  }[]
  readonly categories: readonly { readonly id: number; readonly name: string }[]
}

export interface CocoImage {
  readonly file: string
  readonly size: ImageSize
  readonly boxes: readonly LabelledBox[]
}

export const toCocoBox = ([x1, y1, x2, y2]: Xyxy): [number, number, number, number] => [
  x1,
  y1,
  x2 - x1,
  y2 - y1,
]

export const fromCocoBox = ([x, y, width, height]: readonly [number, number, number, number]): Xyxy => [
  x,
  y,
  x + width,
  y + height,
]

/**
 * Images and their boxes as one COCO file. Categories are numbered from 1 in the order of `classes`. Images have the
 * number that their file is named by when all are (as COCO's own are: `000000397133.jpg`), else their place from 1 on.
 * @throws RangeError when a box is of a class that is not listed
 */
export function toCoco(images: readonly CocoImage[], classes: readonly string[]): CocoDocument {
  const ids = imageIds(images.map(({ file }) => file))
  const categories = new Map(classes.map((name, index) => [name, index + 1]))
  const annotations = images.flatMap(({ boxes }, image) =>
    boxes.map(({ class: name, xyxy, score, crowd, polygons }) => {
      const category = categories.get(name)
      if (category === undefined) throw new RangeError(`The class ${name} is none of ${classes.join(', ')}.`)
      const bbox = toCocoBox(xyxy)
      return {
        image_id: ids[image] ?? 0,
        category_id: category,
        bbox,
        area: polygons === undefined ? bbox[2] * bbox[3] : sumOf(polygons.map(polygonArea)),
        iscrowd: crowd === true ? 1 : 0,
        ...(polygons === undefined ? {} : { segmentation: polygons.map((outline) => outline.flat()) }),
        ...(score === null ? {} : { score }),
      }
    }),
  )
  return {
    images: images.map(({ file, size }, image) => ({ id: ids[image] ?? 0, file_name: file, ...size })),
    annotations: annotations.map((annotation, index) => ({ id: index + 1, ...annotation })),
    categories: [...categories].map(([name, id]) => ({ id, name })),
  }
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

function imageIds(files: readonly string[]): number[] {
  const named = files.map((file) => /(?:^|[/\\])(\d{1,15})\.[^./\\]+$/.exec(file)?.[1])
  const numbers = named.map(Number)
  const usable = numbers.every(Number.isSafeInteger) && new Set(numbers).size === files.length
  return usable ? numbers : files.map((_, index) => index + 1)
}
