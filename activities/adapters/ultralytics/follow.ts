import { setTimeout as wait } from 'node:timers/promises'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Trainer, TrainingJob, TrainingProgress } from '../../roles/trainer.ts'
import { endGroup, isAlive } from './process-identity.ts'
import { parseResults, type ResultsTable } from './results-csv.ts'
import { leaderOf, listAttempts, readText, runPaths, type Attempt, type Exit } from './run-folder.ts'
import { requireSoundData } from './sound-data.ts'
import { dataCheckIsOver, readDataCheck } from './trainer-log.ts'

const pollMilliseconds = 500

type Watch = Parameters<Trainer['train']>[1]

/** Watches an attempt until it has ended, telling every new epoch. An abort ends the whole process group. */
export async function follow(
  folder: string,
  attempt: Attempt,
  job: TrainingJob,
  watch: Watch,
): Promise<Exit> {
  const paths = runPaths(folder)
  const tell = createProgressTeller(job, (progress) => watch.onProgress(progress))
  let isDataChecked = false
  for (;;) {
    if (watch.signal.aborted) {
      await endGroup(leaderOf(attempt))
      watch.signal.throwIfAborted()
    }
    watch.leave?.throwIfAborted()
    // Alive is asked first: an exit written before the process ended is then sure to be seen.
    const wasAlive = await isAlive(leaderOf(attempt))
    const exit = (await listAttempts(folder)).find(({ number }) => number === attempt.number)?.exit ?? null
    tell(parseResults((await readText(paths.results)) ?? ''))
    if (!isDataChecked) {
      const log = (await readText(paths.log(attempt.number))) ?? ''
      isDataChecked = dataCheckIsOver(log)
      if (isDataChecked && readDataCheck(log).corrupt > 0) await endGroup(leaderOf(attempt))
      if (isDataChecked) requireSoundData(log, job)
    }
    if (exit !== null) return exit
    if (!wasAlive) throw lost('ended without a word')
    await wait(pollMilliseconds)
  }
}

function createProgressTeller(
  { arguments: { epochs } }: TrainingJob,
  onProgress: (progress: TrainingProgress) => void,
): (table: ResultsTable) => void {
  let told = ''
  return ({ rows, secondsPerEpoch }) => {
    const last = rows.at(-1)
    if (last === undefined || last.line === told) return
    told = last.line
    onProgress({ epoch: last.epoch, epochs, map50: last.map50, map: last.map, secondsPerEpoch })
  }
}

/** A run that ended otherwise than by its own will: worth another attempt. */
export const lost = (how: string): AdapterError =>
  new AdapterError('TrainerLost', `The training process ${how}.`, {
    retryable: true,
    hint: 'The next attempt goes on from its last checkpoint. When this repeats, the machine may lack memory.',
  })
