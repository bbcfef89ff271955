/** The part of libheif-js that we use; the package's own types describe the C interface. */
declare module 'libheif-js/wasm-bundle.js' {
  interface Pixels {
    readonly data: Uint8ClampedArray
    readonly width: number
    readonly height: number
  }
  interface HeifImage {
    /** As displayed: turned, mirrored and cropped as the file says. */
    get_width(): number
    get_height(): number
    is_primary(): boolean
    /** Fills `target` with RGBA; null when it cannot be decoded. */
    display(target: Pixels, done: (filled: Pixels | null) => void): void
    free(): void
  }
  const libheif: {
    readonly HeifDecoder: new () => { decode(encoded: Uint8Array): HeifImage[] }
  }
  export default libheif
}
