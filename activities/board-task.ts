import { draftRegions } from '../domain/formats/label-studio.ts'
import type { BatchLine } from '../domain/schemas/records/batch.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import type { NewTask } from './roles/review-board.ts'

export interface TaskContext {
  readonly image: ImageRecord
  /** `s3://bucket/key` of the picture. */
  readonly uri: string
  readonly classes: readonly string[]
  readonly task: 'detect' | 'segment'
}

/** Enough of the uid to tell regions of different tasks apart. */
const prefixLength = 8

/**
 * A queued image as a task of the board. Boxes of classes that the config does not know any more stay out of the draft, and
 * the reviewer is told: Label Studio would refuse the whole import for them.
 */
export function boardTask(line: BatchLine, { image, uri, classes, task }: TaskContext): NewTask {
  const known = line.draft.filter((box) => classes.includes(box.class))
  const removed = new Set(line.draft.filter((box) => !classes.includes(box.class)).map((box) => box.class))
  const simulatedTeacher = line.simulatedTeacher === true
  const sentences = [
    line.reason,
    simulatedTeacher && known.some(({ source }) => source === 'teacher' || source === 'both')
      ? 'The teacher is simulated.'
      : '',
    removed.size > 0 ? `Boxes of removed classes were left out: ${[...removed].join(', ')}.` : '',
  ]
  return {
    uid: line.uid,
    data: {
      image: uri,
      al_uid: line.uid,
      al_priority: line.priority,
      reason: sentences.filter((sentence) => sentence !== '').join(' '),
      refused: '',
      batch: line.batch,
      kind: line.kind,
      image_id: line.image,
    },
    regions: draftRegions(known, {
      size: image,
      idPrefix: line.uid.slice(0, prefixLength),
      simulatedTeacher,
      withOutlines: task === 'segment',
    }),
  }
}
