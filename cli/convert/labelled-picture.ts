import type { ImageSize, LabelledBox } from '../../domain/box.ts'

/** Stands in for the size of a picture that nobody knows: Gemini, Label Studio and YOLO hold shares of it, so it cancels out. */
export const nominalSize: ImageSize = { width: 1000, height: 1000 }

/** A picture of the folder given with `--images`. */
export interface FoundPicture {
  /** Path below the folder, with forward slashes. */
  readonly name: string
  readonly size: ImageSize
}

export interface LabelledPicture {
  /** Path below the folder of pictures; without one, what the source calls it. */
  readonly name: string
  /** Pixels as displayed. */
  readonly size: ImageSize
  /** False: {@link nominalSize}, because the picture itself was not seen. */
  readonly sizeKnown: boolean
  /** In pixels of `size`. */
  readonly boxes: readonly LabelledBox[]
}

/** Something of the input that is not in the output. */
export interface Skipped {
  readonly file: string
  /** A fault of a reply (domain/formats/gemini/types.ts), a refusal of an answer, or one of those of {@link SkipReason}. */
  readonly kind: string
  readonly detail: string
}

export type SkipReason =
  | 'no-picture'
  | 'ambiguous-picture'
  | 'unreadable-picture'
  | 'no-labels'
  | 'no-size'
  | 'unreadable'
  | 'blocked'
  | 'crowd'

export const skip = (file: string, kind: SkipReason, detail: string): Skipped => ({ file, kind, detail })

/** All that was read of an input. */
export interface Reading {
  readonly pictures: readonly LabelledPicture[]
  readonly classes: readonly string[]
  readonly skipped: readonly Skipped[]
}

export interface ReadingContext {
  /** Null when no `--images` were given. */
  readonly found: readonly FoundPicture[] | null
  /** Names of the classes, in order; null: as they come. */
  readonly classes: readonly string[] | null
  /** Taken off the addresses of Label Studio's tasks; null: what stands behind host or bucket is the name. */
  readonly imagePrefix: string | null
}
