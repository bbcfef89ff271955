import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { fitsInline, pictureLane, type UploadChoice } from '../../domain/picture-lane.ts'
import { UploadRecord } from '../../domain/schemas/records/upload.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { DraftRequest } from '../roles/drafter.ts'
import { readRecord, writeRecord, writeRecordOnce } from '../store/records.ts'
import { discardUpload, newUpload, type UploadDependencies } from './recorded-upload.ts'
import { untilReady } from './upload-until-ready.ts'

export interface PictureToSend extends Pick<DraftRequest, 'imageBytes' | 'mimeType'> {
  readonly project: string
  readonly promptVersion: string
  readonly image: string
  readonly callId: string
  /** In how many calls of the draft the same picture is shown. */
  readonly times: number
  readonly choice: UploadChoice
  readonly signal: AbortSignal
}

/** Name of the record that all calls of a draft share. */
const shared = 'shared'

/**
 * Gets a picture to the teacher by its lane and runs a call with where it is; null: in the request. What was uploaded for
 * this call alone is deleted when the call ends, however it ends; what is shared by {@link endSharedUpload}. What is left
 * when the worker dies stands in the store and is swept.
 */
export async function sendPicture<T>(
  deps: UploadDependencies | null,
  picture: PictureToSend,
  send: (fileUri: string | null) => Promise<T>,
): Promise<T> {
  if (deps === null) return send(null)
  const lane = laneOf(picture)
  if (lane === 'inline') return send(null)
  if (lane === 'own-upload') return withOwnUpload(deps, picture, send)
  const uri = await sharedUpload(deps, picture)
  if (uri !== null || fitsInline(picture.imageBytes.length)) return send(uri)
  return withOwnUpload(deps, picture, send)
}

const laneOf = ({ imageBytes, times, choice }: PictureToSend) =>
  pictureLane({ bytes: imageBytes.length, times }, choice)

async function withOwnUpload<T>(
  deps: UploadDependencies,
  picture: PictureToSend,
  send: (fileUri: string) => Promise<T>,
): Promise<T> {
  const { project, promptVersion, image, callId, signal } = picture
  const key = storeKeys(project).upload(promptVersion, image, callId)
  const upload = newUpload(deps, image, callId)
  await writeRecord(deps.store, key, UploadRecord, upload)
  try {
    const seen = await deps.files.upload({ ...picture, name: upload.name })
    return await send(await untilReady(deps.files, upload.name, { signal, seen, missing: 'fail' }))
  } finally {
    await discardUpload(deps, key, upload)
  }
}

/** Where the picture that the calls of a draft share is, uploaded by the first of them; null when it cannot be had: it only saves time. */
async function sharedUpload(deps: UploadDependencies, picture: PictureToSend): Promise<string | null> {
  const { project, promptVersion, image, callId, signal } = picture
  const { store, files } = deps
  const key = storeKeys(project).upload(promptVersion, image, shared)
  const mine = newUpload(deps, promptVersion, image, callId)
  const isMine = await writeRecordOnce(store, key, UploadRecord, mine)
  const upload = isMine ? mine : await readRecord(store, key, UploadRecord)
  if (upload === null || upload.endpoint !== files.endpoint) return null
  const { name } = upload
  try {
    const seen = isMine ? await files.upload({ ...picture, name }) : await files.look(name)
    return await untilReady(files, name, { signal, seen, missing: isMine ? 'fail' : 'wait' })
  } catch (error) {
    if (isMine) await discardUpload(deps, key, upload)
    if (!(error instanceof AdapterError)) throw error
    return null
  }
}

/** Deletes what the calls of a draft shared, once the draft is there. */
export async function endSharedUpload(
  deps: UploadDependencies | null,
  picture: PictureToSend,
): Promise<void> {
  if (deps === null || laneOf(picture) !== 'shared-upload') return
  const key = storeKeys(picture.project).upload(picture.promptVersion, picture.image, shared)
  const upload = await readRecord(deps.store, key, UploadRecord)
  if (upload !== null && upload.endpoint === deps.files.endpoint) await discardUpload(deps, key, upload)
}
