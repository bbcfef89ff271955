import { boxHeight, boxWidth, type ImageSize, type Xyxy } from '../domain/box.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import type { DraftPart } from '../domain/draft-parts.ts'
import { tilesOf } from '../domain/tiles.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DraftRequest, TeacherIdentity } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { requireRecord } from './store/records.ts'
import { promptRecordOf, teacherPromptOf } from './teacher-prompt.ts'

/** Brings a picture, or a part of it, down to a longest side; `activities/adapters/sharp/scale-for-teacher.ts`. */
export type ScaleForTeacher = (
  picture: { readonly encoded: Uint8Array } & Pick<ImageRecord, 'mimeType'> & {
      readonly size: { readonly width: number; readonly height: number }
    },
  longestSide: number,
  /** Only this part of it, whole pixels as displayed; null: all. */
  part: Xyxy | null,
) => Promise<Uint8Array>

/** A request, and the part of the image that it shows. */
export interface ImageRequest extends Omit<DraftRequest, 'signal'> {
  readonly tile: Xyxy
  /** Of the whole image, as displayed. */
  readonly imageSize: ImageSize
}

/**
 * What the teacher is sent for an image of the project, in one call of its draft. `size` is that of the part that is shown.
 * @throws AdapterError NotFound, or BadInput for a quarantined image
 */
export async function draftRequestOf(
  { store, scale }: { readonly store: ObjectStore; readonly scale: ScaleForTeacher },
  config: ProjectConfig,
  image: string,
  part?: DraftPart,
): Promise<ImageRequest> {
  const { project } = config
  const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
  refuseQuarantined(record)
  const { width, height, mimeType } = record
  const imageSize = { width, height }
  const tile = tilesOf(imageSize, config.teacher.tiles)[part?.tile ?? 0] ?? [0, 0, width, height]
  const encoded = await loadImage(store, project, record)
  const picture = { encoded, mimeType, size: imageSize }
  const isWhole = (part?.tile ?? 0) === 0
  const imageBytes = await scale(picture, config.teacher.imageSize, isWhole ? null : tile)
  const size = { width: boxWidth(tile), height: boxHeight(tile) }
  return { imageBytes, mimeType, size, prompt: teacherPromptOf(config, part), tile, imageSize }
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
