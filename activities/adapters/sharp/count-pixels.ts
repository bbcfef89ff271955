import { pictureSize } from './picture-size.ts'
import { sniffFormat } from './sniff-format.ts'

/**
 * How many pixels an encoded picture has, from its head: what decoding it will take. 0 when it is no picture: whoever decodes
 * it says why. JPEG and PNG are read here, because opening a picture for its size alone costs a tenth of decoding a small one.
 */
export async function countPixels(encoded: Uint8Array): Promise<number> {
  const format = sniffFormat(encoded)
  const known = format === 'png' ? pngPixels(encoded) : format === 'jpeg' ? jpegPixels(encoded) : null
  if (known !== null) return known
  try {
    const { width, height } = await pictureSize(encoded)
    return width * height
  } catch {
    return 0
  }
}

const number16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
const number32 = (bytes: Uint8Array, at: number): number =>
  number16(bytes, at) * 65_536 + number16(bytes, at + 2)

/** The header chunk is the first by the format's own rule: width and height from byte 16 on. */
const pngPixels = (bytes: Uint8Array): number | null =>
  bytes.length < 24 ? null : number32(bytes, 16) * number32(bytes, 20)

/** From segment to segment to the start of a frame (C0 to CF, but for C4, C8 and CC), which holds height and width. */
function jpegPixels(bytes: Uint8Array): number | null {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) at += 1
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return number16(bytes, at + 5) * number16(bytes, at + 7)
    } else at += 2 + number16(bytes, at + 2)
  }
  return null
}
