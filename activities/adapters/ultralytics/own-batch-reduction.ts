import { existsSync } from 'node:fs'
import type { DetachedRun } from '../../detached-training/run-program.ts'
import { readText, runPaths, writeWhole } from '../../detached-training/run-folder.ts'
import { plainText } from '../../detached-training/log-text.ts'

/** Batches that the trainer went down to by itself, in order: on a graphics card, in its first epoch, it tries three times. */
export const ownReductions = (log: string): number[] =>
  [...plainText(log).matchAll(/Reducing to batch=(\d+) and retrying/g)].map(([, batch]) => Number(batch))

const ticksBetweenLooks = 10

/**
 * Watches what the trainer does by itself when a graphics card has too little memory. Its first halving is ours: it is
 * written down. A second one is one too many.
 * @returns to be called now and then; true when the trainer must be ended
 */
export function endsTooOften({ folder, spec, attempt }: DetachedRun): () => Promise<boolean> {
  const { results, halved, log } = runPaths(folder)
  let ticks = 0
  let isOver = false
  return async () => {
    ticks += 1
    if (isOver || ticks % ticksBetweenLooks !== 0) return false
    // Only before the first row: later the trainer fails, and its wrapper halves.
    isOver = existsSync(results)
    const least = Math.min(...ownReductions((await readText(log(attempt))) ?? ''))
    if (!Number.isFinite(least)) return false
    if (least < Math.floor(spec.arguments.batch / 2)) return true
    await writeWhole(halved, String(least))
    return false
  }
}
