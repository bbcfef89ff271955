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
import { withinTheDay } from './day-budget.ts'
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

/** Where questions of a project are booked. */
export interface QuestionBook {
  readonly settings: ConnectionSettings
  readonly project: string
  /** Null: no budget a day. */
  readonly perDayUsd: number | null
}

/** What `ask` runs: the teacher of these settings, called from here. Needs no stack. `book`: null outside of a project. */
export const composeAsking = (
  teacher: NonNullable<ConnectionSettings['teacher']>,
  options: AskingOptions,
  deps: {
    readonly onBill: (usage: TokenUsage, usd: number | null) => void
    readonly book: QuestionBook | null
    readonly retry: AskAgainOptions
  },
) => {
  const { onBill, book, retry } = deps
  const now = (): Date => new Date()
  const booked = book === null ? null : { ...book, store: createObjectStore(book.settings.store) }
  const asking: AskingDependencies = {
    questioner: createQuestioner(teacher),
    files: openTeacherFiles(teacher),
    decodeMask,
    retry,
    pay: (worstCaseUsd, run) => {
      const call = { callId: `question-${randomUUID()}`, startedAt: now().toISOString() }
      if (booked === null) return run(call)
      return withinTheDay({ ...booked, ...call, now, worstCaseUsd }, () => run(call))
    },
    onBill: async ({ callId, startedAt }, tokens, usd) => {
      onBill(tokens, usd)
      if (booked === null) return
      const { endpoint } = teacher
      const { model } = options
      await writeLedgerEntry(booked.store, booked.project, {
        v: 1,
        callId,
        at: startedAt,
        kind: 'question',
        cycle: null,
        image: null,
        promptVersion: null,
        endpoint,
        model,
        tokens,
        usd: usd ?? 0,
      })
    },
  }
  return createAsking(asking, options)
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
