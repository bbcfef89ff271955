import type { ImageRecord } from '../../domain/schemas/records/image.ts'

export const rejectionReasons = ['broken', 'animated', 'unsupported-format', 'too-large'] as const
export type RejectionReason = (typeof rejectionReasons)[number]

/** A picture as it is kept: upright PNG, JPEG or WEBP; sizes in displayed pixels. */
export interface NormalisedImage extends Pick<
  ImageRecord,
  'extension' | 'mimeType' | 'width' | 'height' | 'dhash'
> {
  readonly ok: true
  /** The given bytes themselves when they could be kept as they were. */
  readonly body: Uint8Array
  readonly converted: boolean
}

export interface RejectedImage {
  readonly ok: false
  readonly reason: RejectionReason
  /** For people: what was found. */
  readonly detail: string
}

/** Looks at a source file once, before it is stored. A file that cannot be used is an answer, not an error. */
export type NormaliseImage = (source: Uint8Array) => Promise<NormalisedImage | RejectedImage>

/** Opens all of a stored picture: its displayed size, or why it cannot be used. */
export type DecodeImage = (
  encoded: Uint8Array,
) => Promise<
  | { readonly ok: true; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly detail: string }
>
