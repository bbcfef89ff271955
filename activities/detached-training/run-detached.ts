import { appendFileSync } from 'node:fs'
import type { TrainerName } from '../../domain/contracts/trainers.ts'
import { carryOutCommand } from '../adapters/command-trainer/procedure.ts'
import { carryOutUltralytics, hasCheckpoint } from '../adapters/ultralytics/procedure.ts'
import { claimHost } from './host-slot.ts'
import { endGroup, isAlive } from './process-identity.ts'
import {
  claimAttempt,
  hostIsTaken,
  leaderOf,
  listAttempts,
  readSpec,
  recordExit,
  runPaths,
  type Exit,
} from './run-folder.ts'
import type { DetachedRun } from './run-program.ts'

/*
 * The process between the worker and the trainer: it outlives the worker, holds this host's one place for a training, runs
 * the trainer's program and writes how it ended. Started by attach.ts with the run's folder and the place's folder.
 */

interface Procedure {
  readonly carryOut: (run: DetachedRun) => Promise<Omit<Exit, 'at'>>
  /** True when an attempt would not begin at the first epoch. */
  readonly goesOn: (folder: string) => Promise<boolean>
}
const procedures: Readonly<Record<TrainerName, Procedure>> = {
  ultralytics: { carryOut: carryOutUltralytics, goesOn: hasCheckpoint },
  // Whether it went on shows in the epochs it tells.
  command: { carryOut: carryOutCommand, goesOn: async () => false },
}

/** The trainer gets the same TERM, being in the same group; this process only has to stay long enough to say so. */
let stopRequested = false
process.on('SIGTERM', () => {
  stopRequested = true
})

async function takeOver(folder: string, slotFolder: string): Promise<void> {
  const spec = await readSpec(folder)
  if (spec === null) throw new Error(`There is no spec.json in ${folder}.`)
  const latest = (await listAttempts(folder)).at(-1)
  // One that has recorded its end may need a moment to be gone: it is over all the same.
  if (latest !== undefined && latest.exit === null && (await isAlive(leaderOf(latest)))) return
  if (!(await claimHost(slotFolder, folder))) {
    process.exitCode = hostIsTaken
    return
  }
  const number = (latest?.number ?? 0) + 1
  const { carryOut, goesOn } = procedures[spec.trainer]
  const attempt = await claimAttempt(folder, number, await goesOn(folder))
  if (attempt === null) return
  // A trainer whose wrapper was killed still writes into this folder: never start beside it.
  if (latest !== undefined) await endGroup(leaderOf(latest))
  const run: DetachedRun = { folder, spec, attempt: number, isStopping: () => stopRequested }
  try {
    await recordExit(folder, number, await carryOut(run))
  } catch (error) {
    appendFileSync(runPaths(folder).log(number), `${String(error)}\n`)
    await recordExit(folder, number, { outcome: 'failed', stage: 'train', code: null, signal: null })
  }
}

const [folder, slotFolder] = process.argv.slice(2)
if (folder === undefined || slotFolder === undefined) {
  throw new Error('Expected the folder of the run and the one of the place as arguments.')
}
await takeOver(folder, slotFolder)
