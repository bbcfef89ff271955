import sharp, { type Metadata, type Sharp } from 'sharp'
import { dhashSize, differenceHash } from '../../../domain/dhash.ts'
import type { NormaliseImage, NormalisedImage, RejectedImage } from '../../roles/image-normaliser.ts'
import type { DecodePicture } from '../../roles/picture-decoder.ts'
import { sniffFormat } from './sniff-format.ts'

// One thread an image: several images at a time keep all cores busy.
sharp.concurrency(1)
sharp.cache(false)

const keptFormats = {
  png: { extension: 'png', mimeType: 'image/png' },
  jpeg: { extension: 'jpg', mimeType: 'image/jpeg' },
  webp: { extension: 'webp', mimeType: 'image/webp' },
} as const
type KeptFormat = keyof typeof keptFormats

const isKept = (format: string): format is KeptFormat => Object.hasOwn(keptFormats, format)

/** What else sharp reads, and what it is kept as: photographs as JPEG, what was stored without loss as PNG. */
const convertedFormats: Readonly<Record<string, KeptFormat>> = {
  gif: 'png',
  tiff: 'png',
  heif: 'jpeg',
  avif: 'jpeg',
}

/** What sharp does not read; the decoders are loaded when they are needed. */
const decoders: Readonly<Record<string, { readonly as: KeptFormat; readonly decode: DecodePicture }>> = {
  heic: {
    as: 'jpeg',
    decode: async (encoded) => (await import('../libheif/decode-heic.ts')).decodeHeic(encoded),
  },
  bmp: { as: 'png', decode: async (encoded) => (await import('../bmp/decode-bmp.ts')).decodeBmp(encoded) },
}

/**
 * Upright PNG, JPEG and WEBP are kept byte for byte. Everything else is converted once, as displayed: what its EXIF or its
 * container turns, CMYK (which viewers, trainer and detector decode differently), HEIC and HEIF, AVIF, GIF, BMP and TIFF.
 * Photographs become JPEG of quality 95, the others PNG. What is not a single picture is rejected with a reason.
 */
export const normaliseImage: NormaliseImage = async (source) => {
  try {
    const decoder = decoders[sniffFormat(source) ?? '']
    if (decoder !== undefined) return await decoded(source, decoder)
    const metadata = await sharp(source, { failOn: 'error' }).metadata()
    const kept = isKept(metadata.format) ? metadata.format : convertedFormats[metadata.format]
    if (kept === undefined) return unsupported(metadata.format)
    if ((metadata.pages ?? 1) > 1) {
      return {
        ok: false,
        reason: 'animated',
        detail: `${metadata.pages} frames; a single picture is expected`,
      }
    }
    if (isKept(metadata.format) && !mustConvert(metadata)) return await described(source, kept, false)
    const upright = sharp(source, { failOn: 'error' }).autoOrient()
    const target = kept === 'jpeg' ? 'jpeg' : 'png'
    return await described(await encoded(upright, target), target, true)
  } catch (error) {
    return rejected(source, error)
  }
}

async function decoded(
  source: Uint8Array,
  { as, decode }: { readonly as: KeptFormat; readonly decode: DecodePicture },
): Promise<NormalisedImage> {
  const { width, height, rgba } = await decode(source)
  const picture = sharp(rgba, { raw: { width, height, channels: 4 } })
  const { isOpaque } = await picture.clone().stats()
  return described(await encoded(isOpaque ? picture.removeAlpha() : picture, as), as, true)
}

const mustConvert = ({ orientation, space }: Metadata): boolean => (orientation ?? 1) > 1 || space === 'cmyk'

const encoded = (upright: Sharp, format: KeptFormat): Promise<Uint8Array> =>
  format === 'jpeg'
    ? upright.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
    : upright.toColourspace('srgb').png().toBuffer()

/** Decodes all of the picture, so that a cut or damaged one is found here and not by the trainer. */
async function described(body: Uint8Array, format: KeptFormat, converted: boolean): Promise<NormalisedImage> {
  const { width, height } = await sharp(body, { failOn: 'error' }).metadata()
  const grey = await sharp(body, { failOn: 'error' })
    .flatten({ background: '#000000' })
    .greyscale()
    .resize({ ...dhashSize, fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer()
  return { ok: true, body, ...keptFormats[format], width, height, dhash: differenceHash(grey), converted }
}

const unsupported = (format: string): RejectedImage => ({
  ok: false,
  reason: 'unsupported-format',
  detail: `${format.toUpperCase()}; PNG, JPEG, WEBP, HEIC, AVIF, GIF, BMP or TIFF is expected`,
})

function rejected(source: Uint8Array, error: unknown): RejectedImage {
  if (source.length === 0) return { ok: false, reason: 'broken', detail: 'the file is empty' }
  const format = sniffFormat(source)
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  if (message.includes('pixel limit')) return { ok: false, reason: 'too-large', detail: message }
  return format === null
    ? { ok: false, reason: 'broken', detail: 'what is in it is not a picture' }
    : { ok: false, reason: 'broken', detail: message.replace(/^Input buffer has /, '') }
}
