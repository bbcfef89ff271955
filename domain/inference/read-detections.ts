import type { LabelledBox } from '../box.ts'
import { readEndToEndHead } from './end-to-end-head.ts'
import { fromLetterbox, type Letterbox } from './letterbox.ts'
import { suppressOverlaps, type SuppressionSettings } from './non-maximum-suppression.ts'
import { readRawHead, type HeadOutput } from './raw-head.ts'

export interface ReadingSettings extends SuppressionSettings {
  /** Boxes at or below are dropped, 0 to 1. */
  readonly confidence: number
}

/**
 * A model's output as labelled boxes in pixels of the image, best first.
 * @throws RangeError when a box is no number or of a class the model does not have: the file is not what it says
 */
export function readDetections(
  output: HeadOutput,
  model: { readonly head: 'raw' | 'end-to-end'; readonly classes: readonly string[] },
  place: Letterbox,
  settings: ReadingSettings,
): LabelledBox[] {
  const detections =
    model.head === 'raw'
      ? suppressOverlaps(readRawHead(output, settings.confidence), settings)
      : readEndToEndHead(output, settings.confidence, settings.maxDetections)
  return detections.map(({ xyxy, score, classIndex }) => {
    const name = model.classes[classIndex]
    if (name === undefined) {
      throw new RangeError(`The model answers class ${classIndex} and names ${model.classes.length}.`)
    }
    if (!xyxy.every(Number.isFinite) || !Number.isFinite(score)) {
      throw new RangeError('The model answers a box that is not made of numbers.')
    }
    return { class: name, xyxy: fromLetterbox(xyxy, place), score }
  })
}
