import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Trainer } from '../../roles/trainer.ts'
import { attach } from './attach.ts'
import { collect } from './collect.ts'
import { trainerEnvironment, writeTrainerSettings } from './environment.ts'
import { follow } from './follow.ts'

/** Importing the trainer takes seconds, the first time after an install up to a minute. */
const checkMilliseconds = 120_000

export interface UltralyticsSettings {
  /** Path of the `yolo` program in the trainer's own environment. Its package is never imported: it is called, with files in and out. */
  readonly program: string
  /** Local folder for runs; each outlives the worker that started it. */
  readonly runsFolder: string
}

/** Ultralytics as a separate program. What is in a run's folder: run-folder.ts; what happens there: run-detached.ts. */
export function createTrainer(settings: UltralyticsSettings): Trainer {
  // The trainer works in the dataset's folder: a relative path would mean another place there.
  const runsFolder = resolve(settings.runsFolder)
  const program = settings.program.includes('/') ? resolve(settings.program) : settings.program
  return {
    async train(job, watch) {
      const folder = join(runsFolder, job.runId)
      const attempt = await attach(folder, program, job, watch.signal)
      const ended = attempt.exit ?? (await follow(folder, attempt, job, watch))
      return collect(folder, ended, job)
    },

    async check() {
      const configFolder = join(runsFolder, 'check')
      await writeTrainerSettings(configFolder, program)
      try {
        const { stdout } = await promisify(execFile)(program, ['version'], {
          env: trainerEnvironment(configFolder, process.env),
          timeout: checkMilliseconds,
        })
        return stdout.trim().split('\n').at(-1) ?? ''
      } catch (cause) {
        throw new AdapterError('TrainerFailed', `The trainer ${program} does not start.`, {
          retryable: false,
          hint: 'Install it again: `understudy doctor` says how.',
          cause,
        })
      }
    },
  }
}
