import libheif from 'libheif-js/wasm-bundle.js'
import { mostPixels, type DecodePicture } from '../../roles/picture-decoder.ts'

/**
 * A HEIC or HEIF photograph as displayed: libheif applies the file's own turning (`irot`, `imir`) and cropping (`clap`),
 * so an EXIF orientation beside them must not be applied again. Of several pictures the primary one.
 */
export const decodeHeic: DecodePicture = async (encoded) => {
  const images = new libheif.HeifDecoder().decode(encoded)
  try {
    const image = images.find((each) => each.is_primary()) ?? images[0]
    if (image === undefined) throw new Error('no picture in the HEIC file')
    const [width, height] = [image.get_width(), image.get_height()]
    if (width * height > mostPixels) throw new Error('HEIC picture exceeds pixel limit')
    const target = { data: new Uint8ClampedArray(width * height * 4), width, height }
    const filled = await new Promise<boolean>((resolve) => {
      image.display(target, (pixels) => resolve(pixels !== null))
    })
    if (!filled) throw new Error('the HEIC file is damaged')
    return { width, height, rgba: new Uint8Array(target.data.buffer) }
  } finally {
    for (const image of images) image.free()
  }
}
