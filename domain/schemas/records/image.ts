import { z } from 'zod'
import { splits } from '../../contracts/splits.ts'
import { isoTime, sha256 } from './shared.ts'

export const ImageRecord = z.object({
  v: z.literal(1),
  /** SHA-256 of the source file: the image's identity everywhere. */
  image: sha256,
  /** Of the bytes we keep: the same as the source's when the file was upright and of a kept format. */
  storedSha256: sha256,
  extension: z.enum(['png', 'jpg', 'webp']),
  mimeType: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Every path it was ingested from, relative to the ingested folder. */
  sources: z.array(z.string()).min(1),
  /** Images that must stay in one split: a source folder or video, and near-duplicates. */
  group: z.string(),
  split: z.enum(splits),
  /** Folder or recording it came with, which later files of the same join; null or left out: none. */
  sourceGroup: z.string().nullable().optional(),
  /** 64-bit difference hash, 16 hex digits. */
  dhash: z.string().regex(/^[0-9a-f]{16}$/),
  ingestedAt: isoTime,
})
export type ImageRecord = z.infer<typeof ImageRecord>
