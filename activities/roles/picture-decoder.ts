/** As sharp's own limit, 0x3FFF squared: decoded, that is a gigabyte. */
export const mostPixels = 16_383 * 16_383

/** Decodes a file that sharp does not read, as displayed, to 8-bit RGBA. Throws an Error that says what is wrong. */
export type DecodePicture = (
  encoded: Uint8Array,
) => Promise<{ readonly width: number; readonly height: number; readonly rgba: Uint8Array }>
