import type { ImageSize, LabelledBox } from '../../domain/box.ts'

/** A picture on its way through the model. */
export interface OpenPicture {
  /** The file, or the frame of a video as `clip.mp4#t=12`. */
  readonly label: string
  /** What files about it are called, below the folder of results. */
  readonly name: string
  readonly source: string | Uint8Array
}

/** What the model found, in pixels of the displayed image. */
export interface Prediction {
  readonly picture: OpenPicture
  readonly size: ImageSize
  readonly boxes: readonly LabelledBox[]
}

/** The line an image that scripts rely on: `xyxy`, and `polygons` of a model that draws masks, in displayed pixels. */
export const asJson = ({ picture, size, boxes }: Prediction) => ({
  image: picture.label,
  width: size.width,
  height: size.height,
  boxes: boxes.map(({ class: name, score, xyxy, polygons }) => ({
    class: name,
    score,
    xyxy,
    ...(polygons === undefined ? {} : { polygons }),
  })),
})

export function asText({ picture, boxes }: Prediction): string {
  const counts = new Map<string, number>()
  for (const { class: name } of boxes) counts.set(name, (counts.get(name) ?? 0) + 1)
  const words = [...counts].map(([name, count]) => `${count} ${name}`)
  return `${picture.label}: ${words.length === 0 ? 'nothing found' : words.join(', ')}`
}
