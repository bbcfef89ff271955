import type { Polygon } from './polygon.ts'

/** Pixel size of an image as a person sees it: EXIF orientation applied. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Corners in absolute pixels of the displayed image, x to the right, y down, `x1 <= x2`, `y1 <= y2`. Not rounded. */
export type Xyxy = readonly [x1: number, y1: number, x2: number, y2: number]

/**
 * The one box type of this project. Every other frame (Gemini's 0-1000, Label Studio's percent, YOLO's 0-1 centre)
 * is a named conversion in `domain/formats/`. `score` is null when the source gives none: never invent 1.0.
 */
export interface LabelledBox {
  readonly class: string
  readonly xyxy: Xyxy
  readonly score: number | null
  /** Outlines of the instance where its mask is known: several when something covers its middle. `xyxy` stays the box around all. */
  readonly polygons?: readonly Polygon[] | undefined
  /** A region of many objects that nobody told apart (COCO's `iscrowd`): neither a hit nor a miss is counted inside. */
  readonly crowd?: boolean | undefined
}

export const boxWidth = ([x1, , x2]: Xyxy): number => x2 - x1

export const boxHeight = ([, y1, , y2]: Xyxy): number => y2 - y1

/** Area in square pixels. */
export const boxArea = (xyxy: Xyxy): number => boxWidth(xyxy) * boxHeight(xyxy)

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** The box cut to the image. Its area may become zero: see {@link isDegenerate}. */
export function clampToImage([x1, y1, x2, y2]: Xyxy, { width, height }: ImageSize): Xyxy {
  return [clamp(x1, 0, width), clamp(y1, 0, height), clamp(x2, 0, width), clamp(y2, 0, height)]
}

/** True for a box that is thinner than one pixel on either side: nothing can be learnt from it. */
export const isDegenerate = (xyxy: Xyxy): boolean => boxWidth(xyxy) < 1 || boxHeight(xyxy) < 1
