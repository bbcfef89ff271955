import type { DecodeImage } from '../../roles/image-normaliser.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import { decodeImage } from './decode-image.ts'

/** Decodes a picture to its last pixel and says its size, or what is wrong with it. */
export const openPicture: DecodeImage = async (encoded) => {
  try {
    return { ok: true, ...(await decodeImage(encoded)).size }
  } catch (error) {
    if (error instanceof AdapterError) return { ok: false, detail: error.message }
    throw error
  }
}
