import type { ImageSize, LabelledBox } from '../../domain/box.ts'
import type { PoolShape } from '../../domain/contracts/inference.ts'

/** What a model file says of itself. */
export interface ModelDescription {
  readonly classes: readonly string[]
  /** Of the input; the largest where the input's size is open. */
  readonly imageSize: ImageSize
  /** `segment`: its boxes carry outlines. */
  readonly task: 'detect' | 'segment'
  /** `raw` needs our NMS, `end-to-end` rows are final. */
  readonly head: 'raw' | 'end-to-end'
}

export interface DetectionSettings {
  /** Boxes below are dropped, 0 to 1. */
  readonly confidence: number
  /** NMS: boxes of one class that overlap more are suppressed, 0 to 1. */
  readonly iou: number
  readonly maxDetections: number
}

export interface ImageToDetect {
  readonly id: string
  /** Encoded bytes (PNG, JPEG, WEBP), or a path the detector reads itself. */
  readonly source: Uint8Array | string
}

export type DetectionResult =
  | {
      readonly id: string
      readonly ok: true
      readonly size: ImageSize
      readonly boxes: readonly LabelledBox[]
    }
  | {
      readonly id: string
      readonly ok: false
      readonly error: { readonly code: string; readonly message: string }
    }

/** The student at work: an ONNX file run locally, off the event loop. Unreadable images become results, not failures of the batch. */
export interface Detector {
  describe(modelPath: string): Promise<ModelDescription>
  /**
   * Finds out how this machine runs the model fastest, for the calls of `detect` that follow: once, in about two seconds, and
   * from memory ever after. Worth it before a hundred pictures, not before one.
   */
  tune(modelPath: string): Promise<PoolShape>
  /** Results come in the order of the images, as soon as they are ready. Failures: NotFound, ModelUnreadable, ModelUnsupported. */
  detect(
    modelPath: string,
    images: AsyncIterable<ImageToDetect> | Iterable<ImageToDetect>,
    settings: DetectionSettings,
  ): AsyncIterable<DetectionResult>
  close(): Promise<void>
}
