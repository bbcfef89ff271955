import { randomUUID } from 'node:crypto'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createDrafter } from './adapters/gemini/drafter.ts'
import { createReviewBoard } from './adapters/label-studio/review-board.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { checkRuntime } from './adapters/onnx/check-runtime.ts'
import { createCommandTrainer } from './adapters/command-trainer/trainer.ts'
import { createTrainer } from './adapters/ultralytics/trainer.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'

/** One real call for each part; each resolves to what was found, in words, and throws AdapterError. */
export interface Checks {
  readonly store: () => Promise<string>
  readonly board: () => Promise<string>
  /** Null: no teacher is set up, so there is nothing to ask. */
  readonly teacher: (() => Promise<string>) | null
}

/** The trainer can be imported. `program` is its `yolo`. Needs no stack. */
export const checkTrainer = ({
  program,
  runsFolder,
}: Pick<ConnectionSettings['trainer'], 'program' | 'runsFolder'>): Promise<string> =>
  createTrainer({ program, runsFolder, slotFolder: runsFolder }).check()

/** The program of UNDERSTUDY_TRAINER_COMMAND answers. Needs no stack. */
export const checkCommandTrainer = ({
  program,
  runsFolder,
}: Pick<ConnectionSettings['trainer'], 'program' | 'runsFolder'>): Promise<string> =>
  createCommandTrainer({ program, runsFolder, slotFolder: runsFolder }).check()

/** The student's runtime computes. Needs no stack. */
export const checkDetector = (): Promise<string> => checkRuntime()

/** What `doctor` asks of the services. `model` is the teacher's, which is looked up: free, and enough to prove the key. */
export function composeChecks(settings: ConnectionSettings, { model }: { readonly model: string }): Checks {
  const { store, board, teacher } = settings
  return {
    store: () => checkStore(createObjectStore(store), store.bucket),
    board: () => createReviewBoard({ ...board, store }).check(),
    teacher: teacher === null ? null : () => createDrafter(teacher).check(model),
  }
}

async function checkStore(store: ObjectStore, bucket: string): Promise<string> {
  const key = `doctor/${randomUUID()}.txt`
  await store.put(key, key, 'text/plain')
  const read = await store.get(key)
  await store.remove([key])
  const came = read === null ? 'nothing' : Buffer.from(read.body).toString('utf8')
  if (came !== key || (await store.has(key))) {
    throw new AdapterError(
      'StoreUnavailable',
      `The bucket ${bucket} gave back something else than was put.`,
      {
        retryable: false,
        hint: 'Look at `understudy logs minio`, and at the disk.',
      },
    )
  }
  return `bucket ${bucket}: written, read, deleted`
}
