import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { runPaths } from '../../detached-training/run-folder.ts'

/** A checkpoint is a zip archive; its directory stands at the very end, so a cut file lacks this mark. */
const endMark = Buffer.from([0x50, 0x4b, 0x05, 0x06])
const endRecordBytes = 22

/** True for a checkpoint that was written to its end. */
export async function isWhole(path: string): Promise<boolean> {
  let file
  try {
    file = await open(path, 'r')
  } catch {
    return false
  }
  try {
    const { size } = await file.stat()
    if (size < endRecordBytes) return false
    const tail = Buffer.alloc(endRecordBytes)
    await file.read(tail, 0, endRecordBytes, size - endRecordBytes)
    return tail.subarray(0, endMark.length).equals(endMark)
  } finally {
    await file.close()
  }
}

/** Checkpoints to go on from, best first: the trainer's own, then our copies of earlier ones. */
export async function resumableCheckpoints(folder: string): Promise<string[]> {
  const { last, kept, keptBefore } = runPaths(folder)
  const found: string[] = []
  for (const path of [last, kept, keptBefore]) {
    if (await isWhole(path)) found.push(path)
  }
  return found
}

const version = async (path: string): Promise<string | null> => {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size}:${mtimeMs}`
  } catch {
    return null
  }
}

/**
 * Copies `last.pt` whenever the trainer has written a new one. It overwrites the file in place, so a kill in that moment
 * would leave nothing to resume from. The copy before is kept too.
 * @returns a function to be called now and then; a copy counts only when the file did not change meanwhile
 */
export function createCheckpointKeeper(folder: string): () => Promise<void> {
  const { last, kept, keptBefore } = runPaths(folder)
  let copied: string | null = null
  return async () => {
    const now = await version(last)
    if (now === null || now === copied || !(await isWhole(last))) return
    const partial = `${kept}.part`
    // Not copyFile: it never ends (libuv 1.x) when the trainer makes the file smaller meanwhile, as it does at its end.
    await pipeline(createReadStream(last), createWriteStream(partial))
    if ((await version(last)) !== now || !(await isWhole(partial))) {
      await rm(partial, { force: true })
      return
    }
    if (await isWhole(kept)) await rename(kept, keptBefore)
    await rename(partial, kept)
    copied = now
  }
}
