import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ImageSize } from '../../../../domain/box.ts'

const count = z.number()
const pair = z.tuple([count, count])
const hashed = z.object({ source: pair, target: pair, sha256: z.string() })

/** Answers of OpenCV, torchvision and Python: made by test/fixtures/golden/make-inference-golden.py. */
export const golden = z
  .object({
    resize: z.array(hashed),
    /** source width and height, target width and height, resized width and height, left, top */
    letterbox: z.array(z.tuple([count, count, count, count, count, count, count, count])),
    tensor: z.array(hashed),
    suppression: z.array(
      z.object({
        iou: z.number(),
        rows: z.array(z.tuple([count, count, count, count, count, count])),
        kept: z.array(z.number()),
      }),
    ),
    decode: z.array(
      z.object({ name: z.string(), base64: z.string(), width: count, height: count, sha256: z.string() }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../../fixtures/golden/inference.json', import.meta.url), 'utf8')),
  )

export const sizeOf = ([width, height]: readonly [number, number]): ImageSize => ({ width, height })

/** The same noise as in the script: interleaved RGB. */
export function noise({ width, height }: ImageSize): Uint8Array {
  let state = 1
  return Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

export const sha256 = (values: Uint8Array | Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
