import { setTimeout as wait } from 'node:timers/promises'
import type { TrainingJob, TrainingWatch } from '../roles/trainer.ts'
import type { Place } from './attach.ts'
import { lost, requireSoundData, tooSlow } from './failures.ts'
import { endGroup, isAlive } from './process-identity.ts'
import { leaderOf, listAttempts, readText, runPaths, type Attempt, type Exit } from './run-folder.ts'
import { secondsSpent } from './seconds-spent.ts'
import type { EpochSoFar } from './trainer-kind.ts'

const pollMilliseconds = 500

/** Watches an attempt until it has ended, telling every new epoch. An abort ends the whole process group. */
export async function follow(
  { kind, folder }: Place,
  attempt: Attempt,
  job: TrainingJob,
  watch: TrainingWatch,
): Promise<Exit> {
  const { epochs } = job.arguments
  let told = ''
  let latest: EpochSoFar | null = null
  let isDataChecked = false
  for (;;) {
    if (watch.signal.aborted) {
      await endGroup(leaderOf(attempt))
      watch.signal.throwIfAborted()
    }
    watch.leave?.throwIfAborted()
    // Alive is asked first: an exit written before the process ended is then sure to be seen.
    const wasAlive = await isAlive(leaderOf(attempt))
    const attempts = await listAttempts(folder)
    const exit = attempts.find(({ number }) => number === attempt.number)?.exit ?? null
    latest = await kind.readProgress(folder, attempt.number)
    if (latest !== null && told !== JSON.stringify(latest)) {
      told = JSON.stringify(latest)
      watch.onProgress({ ...latest, epochs, waitsFor: null })
    }
    if (!isDataChecked) {
      const check = kind.readDataCheck((await readText(runPaths(folder).log(attempt.number))) ?? '', false)
      isDataChecked = check !== null
      if (check !== null && check.corrupt > 0) await endGroup(leaderOf(attempt))
      if (check !== null) requireSoundData(check, job)
    }
    if (exit !== null) return exit
    if (!wasAlive) throw lost('ended without a word')
    if ((await secondsSpent(folder, attempts)) > job.maxSeconds) {
      await endGroup(leaderOf(attempt))
      throw tooSlow((latest?.epoch ?? 0) + 1, epochs, Math.round(job.maxSeconds / 36) / 100)
    }
    await wait(pollMilliseconds)
  }
}
