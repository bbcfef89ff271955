import { storeKeys } from '../domain/contracts/store-keys.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DraftRequest, TeacherIdentity } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { requireRecord } from './store/records.ts'
import { promptRecordOf, teacherPromptOf } from './teacher-prompt.ts'

/** Brings a picture down to a longest side; `activities/adapters/sharp/scale-for-teacher.ts`. */
export type ScaleForTeacher = (
  picture: { readonly encoded: Uint8Array } & Pick<ImageRecord, 'mimeType'> & {
      readonly size: { readonly width: number; readonly height: number }
    },
  longestSide: number,
) => Promise<Uint8Array>

/**
 * What the teacher is sent for an image of the project.
 * @throws AdapterError NotFound, or BadInput for a quarantined image
 */
export async function draftRequestOf(
  { store, scale }: { readonly store: ObjectStore; readonly scale: ScaleForTeacher },
  config: ProjectConfig,
  image: string,
): Promise<Omit<DraftRequest, 'signal'>> {
  const { project } = config
  const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
  refuseQuarantined(record)
  const { width, height, mimeType } = record
  const size = { width, height }
  const encoded = await loadImage(store, project, record)
  const imageBytes = await scale({ encoded, mimeType, size }, config.teacher.imageSize)
  return { imageBytes, mimeType, size, prompt: teacherPromptOf(config) }
}

/** @throws AdapterError TeacherChanged when config and teacher have another prompt version than the plan */
export function refuseOtherPrompt(config: ProjectConfig, identity: TeacherIdentity, planned: string): void {
  const { promptVersion } = promptRecordOf(config, identity)
  if (promptVersion === planned) return
  const said = `prompt version ${short(promptVersion)} (${identity.endpoint}, ${config.teacher.model})`
  throw new AdapterError(
    'TeacherChanged',
    `The images were planned for prompt version ${short(planned)}, and this worker has ${said}.`,
    { retryable: false, hint: 'Start a new cycle: it plans for the teacher that the workers have now.' },
  )
}

function refuseQuarantined({ image, split }: ImageRecord): void {
  if (split !== 'quarantined') return
  throw new AdapterError('BadInput', `The image ${short(image)} is quarantined and is never drafted.`, {
    retryable: false,
  })
}
