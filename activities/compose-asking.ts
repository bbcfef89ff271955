import { readFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { openTeacherFiles } from './adapters/gemini/files.ts'
import { createQuestioner } from './adapters/gemini/questioner.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { annotateImage } from './adapters/sharp/annotate-image.ts'
import type { Annotation } from './adapters/sharp/annotation.ts'
import { decodeMask } from './adapters/sharp/decode-mask.ts'
import { normaliseImage } from './adapters/sharp/normalise-image.ts'
import { scaleForTeacher } from './adapters/sharp/scale-for-teacher.ts'
import type { AskAgainOptions } from './ask-again.ts'
import {
  createAsking,
  type Answer,
  type AskedPicture,
  type AskingDependencies,
  type AskingOptions,
} from './asking.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { TokenUsage } from './roles/drafter.ts'
import { writeLedgerEntry } from './store/ledger.ts'

export type { Annotation, Answer, AskedPicture, AskingOptions }

/** What `ask` runs: the teacher of these settings, called from here. Needs no stack. */
export const composeAsking = (
  teacher: NonNullable<ConnectionSettings['teacher']>,
  options: AskingOptions,
  { onBill, retry }: { readonly onBill: AskingDependencies['onBill']; readonly retry: AskAgainOptions },
) => {
  const questioner = createQuestioner(teacher)
  const files = openTeacherFiles(teacher)
  return createAsking({ questioner, files, decodeMask, onBill, retry }, options)
}

/**
 * A picture from a file, as it is sent: upright, its longer side at most so many pixels.
 * @throws AdapterError ImageUnreadable
 */
export async function openPicture(path: string, longestSide: number): Promise<AskedPicture> {
  const normalised = await normaliseImage(await readFile(path))
  if (!normalised.ok) {
    throw new AdapterError('ImageUnreadable', `${path} cannot be used: ${normalised.detail}.`, {
      retryable: false,
    })
  }
  const { body, mimeType, width, height } = normalised
  const size = { width, height }
  const imageBytes = await scaleForTeacher({ encoded: body, mimeType, size }, longestSide)
  return { label: path, imageBytes, mimeType, size }
}

/** The picture of a file with annotations on it, as a PNG. */
export const drawAnswer = async (path: string, annotations: readonly Annotation[]): Promise<Uint8Array> =>
  annotateImage(await readFile(path), annotations)

/** Writes what a question cost into the project's ledger, beside the drafts. */
export async function billQuestion(
  settings: ConnectionSettings,
  project: string,
  bill: { readonly model: string; readonly tokens: TokenUsage; readonly usd: number },
): Promise<void> {
  const endpoint = settings.teacher?.endpoint ?? 'google'
  await writeLedgerEntry(createObjectStore(settings.store), project, {
    v: 1,
    callId: `question-${randomUUID()}`,
    at: new Date().toISOString(),
    kind: 'question',
    cycle: null,
    image: null,
    promptVersion: null,
    endpoint,
    ...bill,
  })
}
