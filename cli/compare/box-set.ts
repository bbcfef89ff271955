import type { ImageSize, LabelledBox } from '../../domain/box.ts'

/** A picture that can be looked at: a file, or something that fetches it. */
export type Picture = string | (() => Promise<Uint8Array>)

/** An image as one source knows it. */
export interface KnownImage {
  /** Paths it is called by; images of two sources are joined by them. */
  readonly names: readonly string[]
  /** Images that stand or fall together; null: on its own. */
  readonly group: string | null
  readonly size: ImageSize
  /** Null when nobody knows where it lies. */
  readonly picture: Picture | null
}

export interface AnsweredImage extends KnownImage {
  readonly boxes: readonly LabelledBox[]
}

/** One of the two sources of `compare`. */
export interface BoxSet {
  /** What the person called it. */
  readonly name: string
  readonly images: readonly AnsweredImage[]
}

/** What a person means by a word on the command line, before it is read. */
export type Source =
  | { readonly kind: 'coco' | 'lines'; readonly name: string; readonly text: string }
  | { readonly kind: 'yolo' | 'model'; readonly name: string }
  | { readonly kind: 'drafts' | 'reviews'; readonly name: string }
