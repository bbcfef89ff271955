import type { LabelledBox } from '../box.ts'
import type { Detection } from './detection.ts'
import { endToEndColumns, readEndToEndHead } from './end-to-end-head.ts'
import { fromLetterbox, type Letterbox } from './letterbox.ts'
import { maskField } from './mask-field.ts'
import { maskPolygons } from './mask-polygons.ts'
import type { ModelLayout } from './model-description.ts'
import type { HeadOutput, ModelOutput } from './model-output.ts'
import { suppressOverlaps, type SuppressionSettings } from './non-maximum-suppression.ts'
import { boxRows, readRawHead } from './raw-head.ts'

export interface ReadingSettings extends SuppressionSettings {
  /** Boxes at or below are dropped, 0 to 1. */
  readonly confidence: number
}

type Reading = Pick<ModelLayout, 'head' | 'classes'>

/**
 * A model's output as labelled boxes in pixels of the image, best first; with outlines where the model gives masks. A
 * detection whose mask is empty is none, as in the reference.
 * @throws RangeError when a box is no number or of a class the model does not have: the file is not what it says
 */
export function readDetections(
  { head, prototypes }: ModelOutput,
  model: Reading,
  place: Letterbox,
  settings: ReadingSettings,
): LabelledBox[] {
  return finalDetections(head, model, settings).flatMap((detection) => {
    const { xyxy, score, classIndex } = detection
    const name = model.classes[classIndex]
    if (name === undefined) {
      throw new RangeError(`The model answers class ${classIndex} and names ${model.classes.length}.`)
    }
    if (!xyxy.every(Number.isFinite) || !Number.isFinite(score)) {
      throw new RangeError('The model answers a box that is not made of numbers.')
    }
    const box = { class: name, xyxy: fromLetterbox(xyxy, place), score }
    if (prototypes === null) return [box]
    const coefficients = maskCoefficients(head, model, detection, prototypes.count)
    const field = maskField(prototypes, coefficients, xyxy, place.target)
    if (field === null) return []
    const polygons = maskPolygons(field, place)
    return [polygons.length === 0 ? box : { ...box, polygons }]
  })
}

function finalDetections(head: HeadOutput, model: Reading, settings: ReadingSettings): Detection[] {
  const { confidence, maxDetections } = settings
  return model.head === 'raw'
    ? suppressOverlaps(readRawHead(head, model.classes.length, confidence), settings)
    : readEndToEndHead(head, confidence, maxDetections)
}

/** They stand behind everything else that is said of a box: below it in a raw head, to its right in final rows. */
const maskCoefficients = (
  { values, columns }: HeadOutput,
  { head, classes }: Reading,
  { place }: Detection,
  count: number,
): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => {
    const at =
      head === 'raw'
        ? (boxRows + classes.length + index) * columns + place
        : place * columns + endToEndColumns + index
    return values[at] ?? 0
  })
