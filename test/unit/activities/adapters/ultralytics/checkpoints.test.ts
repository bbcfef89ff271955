import { truncateSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createCheckpointKeeper,
  isWhole,
} from '../../../../../activities/adapters/ultralytics/checkpoints.ts'
import { runPaths } from '../../../../../activities/detached-training/run-folder.ts'

let folder: string
let paths: ReturnType<typeof runPaths>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-checkpoints-'))
  paths = runPaths(folder)
  await mkdir(dirname(paths.last), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

/** Ends as a zip archive does. */
function checkpoint(bytes: number, fill = 0): Buffer {
  const content = Buffer.alloc(bytes, fill)
  content.write('PK\u0005\u0006', bytes - 22, 'latin1')
  return content
}

test('keeps a copy of each new checkpoint and of the one before', async () => {
  const keep = createCheckpointKeeper(folder)
  await writeFile(paths.last, checkpoint(1000, 1))
  await keep()
  await writeFile(paths.last, checkpoint(2000, 2))
  await keep()
  await keep()
  expect(await readFile(paths.kept)).toEqual(checkpoint(2000, 2))
  expect(await readFile(paths.keptBefore)).toEqual(checkpoint(1000, 1))
})

test('passes over a checkpoint that is not written to its end yet', async () => {
  await writeFile(paths.last, checkpoint(1000).subarray(0, 900))
  await createCheckpointKeeper(folder)()
  expect(await isWhole(paths.kept)).toBe(false)
})

test(
  'lets go of a checkpoint that the trainer makes smaller while it is copied',
  { timeout: 20_000 },
  async () => {
    // As at the end of a training, when the optimizer is taken out of the file in place.
    await writeFile(paths.last, checkpoint(256 * 1024 ** 2))
    const kept = createCheckpointKeeper(folder)()
    for (let copied = 0; copied === 0;) {
      copied = (await stat(`${paths.kept}.part`).catch(() => null))?.size ?? 0
    }
    truncateSync(paths.last, 1000)
    await kept
    expect(await isWhole(paths.kept)).toBe(false)
  },
)
