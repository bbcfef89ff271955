import { stat } from 'node:fs/promises'
import { isAlive } from './process-identity.ts'
import { leaderOf, runPaths, type Attempt } from './run-folder.ts'

/**
 * Seconds that the attempts at a training have taken together, by our own clock: the trainer's begins again at 0 when it
 * resumes. A killed attempt ended with its last log line, one that is alive has not ended.
 */
export async function secondsSpent(folder: string, attempts: readonly Attempt[]): Promise<number> {
  const spans = await Promise.all(
    attempts.map(async (attempt) => {
      const { number, lock, exit } = attempt
      if (exit !== null) return Math.max(0, exit.at - lock.at)
      if (await isAlive(leaderOf(attempt))) return Math.max(0, Date.now() - lock.at)
      return Math.max(0, ((await lastWritten(runPaths(folder).log(number))) ?? lock.at) - lock.at)
    }),
  )
  return Math.round(spans.reduce((sum, span) => sum + span, 0) / 100) / 10
}

async function lastWritten(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    return null
  }
}
