import { AdapterError } from '../errors/adapter-error.ts'
import type { TrainingJob } from '../roles/trainer.ts'
import type { Exit } from './run-folder.ts'
import type { DataCheck } from './trainer-kind.ts'
import { logTail } from './log-text.ts'

/** A run that ended otherwise than by its own will: worth another attempt. */
export const lost = (how: string): AdapterError =>
  new AdapterError('TrainerLost', `The training process ${how}.`, {
    retryable: true,
    hint: 'The next attempt goes on from its last checkpoint. When this repeats, the machine may lack memory.',
  })

/** The failure of a training that takes longer than it may. */
export const tooSlow = (epoch: number, epochs: number, hours: number): AdapterError =>
  new AdapterError(
    'TrainerTimeout',
    `The training was ended after ${hours} hours, in epoch ${epoch} of ${epochs} (student.maxHours).`,
    {
      retryable: false,
      hint: 'Lower student.epochs or student.imageSize, raise student.maxHours, or train on a host with a graphics card.',
    },
  )

/** The failure an attempt ended in; null when it finished. `log` is the attempt's, `batch` what it ran with at last. */
export function failureOf(exit: Exit, log: string, batch: number): AdapterError | null {
  switch (exit.outcome) {
    case 'finished':
      return null
    case 'killed':
    case 'stopped':
      return lost(`was ended by ${exit.signal ?? 'a signal'}`)
    case 'out-of-memory':
      return new AdapterError(
        'TrainerOutOfMemory',
        `There is not enough memory to train with ${batch} ${batch === 1 ? 'image' : 'images'} at a time. The trainer's last words:\n${logTail(log)}`,
        {
          retryable: false,
          hint: 'Lower student.imageSize or student.batch in understudy.yaml, name a smaller student.architecture, or train on a host with more memory.',
        },
      )
    case 'failed':
      return failed(exit, log)
  }
}

const diskIsFull = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/i
const noProgram = /^spawn .* (ENOENT|EACCES|ENOEXEC)$/m

function failed({ code, stage }: Exit, log: string): AdapterError {
  const missing = noProgram.exec(log)
  if (code === 127 && missing !== null) {
    return new AdapterError('TrainerMissing', `The trainer's program cannot be started: ${missing[0]}.`, {
      retryable: false,
      hint: 'Install it on the training host: `understudy up` does, and `understudy doctor` says what is there. Elsewhere set UNDERSTUDY_TRAINER_PROGRAM.',
    })
  }
  const lastWords = `Its last words:\n${logTail(log)}`
  if (diskIsFull.test(log)) {
    return new AdapterError('TrainerDiskFull', `The disk of the training host is full. ${lastWords}`, {
      retryable: false,
      hint: 'Free space where UNDERSTUDY_RUNS_FOLDER and UNDERSTUDY_HOME lie, then train again: it goes on from its last checkpoint.',
    })
  }
  return new AdapterError(
    'TrainerFailed',
    `The trainer ended with exit code ${code} (expected 0) while it should ${stage}. ${lastWords}`,
    { retryable: false, hint: 'The whole log lies in the folder of this run.' },
  )
}

const filesNamed = 10

/** Broken files cost nothing but a line in the trainer's log: without this it would learn from what is left. */
export function requireSoundData({ corrupt, files }: DataCheck, { datasetFolder }: TrainingJob): void {
  if (corrupt === 0) return
  const named = files.slice(0, filesNamed).map((file) => file.replaceAll(`${datasetFolder}/`, ''))
  const more = files.length > filesNamed ? `; and ${files.length - filesNamed} more` : ''
  throw new AdapterError(
    'TrainerCorruptData',
    `The trainer refused ${corrupt} of the dataset's files: ${named.join('; ')}${more}.`,
    {
      retryable: false,
      hint: 'Ingest sound copies of these images, or correct their labels, and train again.',
    },
  )
}
