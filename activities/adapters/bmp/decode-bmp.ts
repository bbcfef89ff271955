import { decode } from 'bmp-ts'
import { mostPixels, type DecodePicture } from '../../roles/picture-decoder.ts'

/** Where the header says how wide and high the picture is (BITMAPINFOHEADER and later). */
const widthAt = 18
const heightAt = 22

/** A BMP of 1 to 32 bits a pixel, palettes and run lengths included. BMP has no orientation. */
export const decodeBmp: DecodePicture = (encoded) => {
  const buffer = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  if (buffer.length < heightAt + 4) return Promise.reject(new Error('the BMP file is cut off'))
  // The decoder makes room for what the header says before it looks at the pixels.
  const claimed = Math.abs(buffer.readInt32LE(widthAt) * buffer.readInt32LE(heightAt))
  if (claimed > mostPixels) return Promise.reject(new Error('BMP picture exceeds pixel limit'))
  const { width, height, data } = decode(buffer)
  return Promise.resolve({ width, height, rgba: rgbaOf(data) })
}

/**
 * The decoder's own order is alpha, blue, green, red; its option for RGBA is not heeded for pictures with a palette. An
 * alpha of 0 everywhere means that there is none.
 */
function rgbaOf(abgr: Buffer): Uint8Array {
  const rgba = new Uint8Array(abgr.length)
  let isOpaque = true
  for (let at = 0; at < abgr.length; at += 4) {
    rgba[at] = abgr[at + 3] ?? 0
    rgba[at + 1] = abgr[at + 2] ?? 0
    rgba[at + 2] = abgr[at + 1] ?? 0
    rgba[at + 3] = abgr[at] ?? 0
    isOpaque &&= rgba[at + 3] === 0
  }
  if (isOpaque) for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255
  return rgba
}
