import { AdapterError } from '../../errors/adapter-error.ts'
import type { TrainingJob } from '../../roles/trainer.ts'
import { readDataCheck } from './trainer-log.ts'

const filesNamed = 10

/** Broken files cost nothing but a line in the trainer's log: without this check it would learn from what is left. */
export function requireSoundData(log: string, { datasetFolder }: TrainingJob): void {
  const { corrupt, files } = readDataCheck(log)
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
