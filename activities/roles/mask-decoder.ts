import type { Mask } from '../../domain/mask-outline.ts'

/** Decodes a picture to grey values, stretched to a size in pixels; fails with ImageUnreadable. */
export type DecodeMask = (
  encoded: Uint8Array,
  size: { readonly width: number; readonly height: number },
) => Promise<Mask>
