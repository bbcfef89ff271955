import sharp, { type Metadata } from 'sharp'
import { dhashSize, differenceHash } from '../../../domain/dhash.ts'
import type { NormaliseImage, NormalisedImage, RejectedImage } from '../../roles/image-normaliser.ts'
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

/**
 * Upright PNG, JPEG and WEBP are kept byte for byte. A picture that its EXIF turns, or in CMYK (which viewers, trainer and
 * detector decode differently), is converted once: JPEG of quality 95, or PNG. Everything else is rejected with a reason.
 */
export const normaliseImage: NormaliseImage = async (source) => {
  try {
    const metadata = await sharp(source, { failOn: 'error' }).metadata()
    if (!isKept(metadata.format)) return unsupported(metadata.format)
    if ((metadata.pages ?? 1) > 1) {
      return {
        ok: false,
        reason: 'animated',
        detail: `${metadata.pages} frames; a single picture is expected`,
      }
    }
    const kept = mustConvert(metadata)
      ? await convert(source, metadata.format)
      : { body: source, format: metadata.format }
    return await described(kept.body, kept.format, kept.body !== source)
  } catch (error) {
    return rejected(source, error)
  }
}

const mustConvert = ({ orientation, space }: Metadata): boolean => (orientation ?? 1) > 1 || space === 'cmyk'

async function convert(
  source: Uint8Array,
  format: KeptFormat,
): Promise<{ body: Uint8Array; format: KeptFormat }> {
  const upright = sharp(source, { failOn: 'error' }).autoOrient()
  return format === 'jpeg'
    ? { body: await upright.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), format: 'jpeg' }
    : { body: await upright.png().toBuffer(), format: 'png' }
}

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
  detail: `${format.toUpperCase()}; PNG, JPEG or WEBP is expected`,
})

function rejected(source: Uint8Array, error: unknown): RejectedImage {
  if (source.length === 0) return { ok: false, reason: 'broken', detail: 'the file is empty' }
  const format = sniffFormat(source)
  if (format !== null && !isKept(format)) return unsupported(format)
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  if (message.includes('pixel limit')) return { ok: false, reason: 'too-large', detail: message }
  return format === null
    ? { ok: false, reason: 'broken', detail: 'what is in it is not a picture' }
    : { ok: false, reason: 'broken', detail: message.replace(/^Input buffer has /, '') }
}
