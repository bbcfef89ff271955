declare module 'wawoff2' {
  /** A WOFF2 file as the TrueType or OpenType font that it packs. */
  export function decompress(font: Uint8Array): Promise<Uint8Array>
}
