import type { CoreActivities, GeminiActivities } from '../domain/contracts/activities.ts'
import { currentCall, type CurrentCall } from './current-call.ts'
import { draftImage } from './draft-image.ts'
import type { ScaleForTeacher } from './draft-request.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'
import { ImageList, planDrafts } from './plan-drafts.ts'
import type { Drafter } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { TeacherFiles } from './roles/teacher-files.ts'
import { requireRecord } from './store/records.ts'
import type { TeacherPace } from './teacher-pace.ts'
import { sweepUploads } from './uploads/recorded-upload.ts'

/** Longer than any call takes, milliseconds: a younger upload may be in use by a worker that Temporal has given up. */
const longestCallMs = 10 * 60_000

export interface DraftingDependencies {
  readonly store: ObjectStore
  /** Null: no key and no simulator. */
  readonly drafter: Drafter | null
  /** Left out: pictures go with the request. */
  readonly files?: TeacherFiles | null
  readonly scale: ScaleForTeacher
  readonly decodeMask: DecodeMask
  readonly now: () => Date
  /** Left out: the workers' own rate stands. */
  readonly pace?: TeacherPace
  /** The attempt that is running; from Temporal's context when left out. */
  readonly call?: () => CurrentCall
}

export type DraftingActivities = Pick<CoreActivities, 'planDrafts' | 'readImageList'> &
  Pick<GeminiActivities, 'draftImage'>

/** Said when something needs the teacher and there is none. */
export const keyMissing = (): AdapterError =>
  new AdapterError(
    'TeacherKeyMissing',
    'There is no key for Gemini, and the simulated teacher was not asked for.',
    {
      retryable: false,
      hint: 'Set GEMINI_API_KEY (or GOOGLE_API_KEY), or use the simulated teacher with `--simulate`; then `understudy up` again.',
    },
  )

/** Finding out what the teacher has not drafted yet, and having it drafted: one paid call an activity, at most. */
export function createDraftingActivities({
  store,
  drafter,
  files = null,
  scale,
  decodeMask,
  now,
  pace,
  call = currentCall,
}: DraftingDependencies): DraftingActivities {
  return {
    async planDrafts(input) {
      if (drafter === null) throw keyMissing()
      // One cycle a project at a time: what is left over is that of an earlier one.
      await sweepUploads({ store, files, now }, input.project, longestCallMs)
      return planDrafts({ store, pace }, drafter.identity, input)
    },
    async readImageList({ key }) {
      return { images: await requireRecord(store, key, ImageList) }
    },
    draftImage: (input) =>
      draftImage(
        { store, scale, decodeMask, now, pace, call, drafter: () => drafter ?? fail(keyMissing()), files },
        input,
      ),
  }
}

const fail = (error: AdapterError): never => {
  throw error
}
