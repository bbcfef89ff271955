import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { PoolShape } from '../../../domain/contracts/inference.ts'

/** All that decides how fast a shape is: when any of it changes, it is measured again. */
export interface ShapeKey {
  readonly modelBytes: number
  readonly imageSize: { readonly width: number; readonly height: number }
  readonly provider: string
  readonly runtime: string
  readonly processor: string
  readonly cores: number
}

const Remembered = z.object({
  shape: z.object({ workers: z.int().min(1), threads: z.int().min(1) }),
})

const fileOf = (folder: string, key: ShapeKey): string => {
  const { modelBytes, imageSize, provider, runtime, processor, cores } = key
  const identity = [modelBytes, imageSize.width, imageSize.height, provider, runtime, processor, cores]
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  return join(folder, `${hash.slice(0, 16)}.json`)
}

/** What was measured for the key before; null when nothing was, or what is there cannot be read. */
export async function recallShape(folder: string, key: ShapeKey): Promise<PoolShape | null> {
  try {
    return Remembered.parse(JSON.parse(await readFile(fileOf(folder, key), 'utf8'))).shape
  } catch {
    return null
  }
}

/** Best effort: where nothing can be written, the next start measures again. */
export async function rememberShape(folder: string, key: ShapeKey, found: PoolShape): Promise<void> {
  const file = fileOf(folder, key)
  const partial = `${file}.${randomUUID()}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(partial, `${JSON.stringify({ shape: found, for: key }, null, 2)}\n`)
    await rename(partial, file)
  } catch {
    // Nothing is lost but two seconds.
  }
}
