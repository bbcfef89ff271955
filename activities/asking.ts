import { callsWithinBudget } from '../domain/call-budget.ts'
import type { ImageSize } from '../domain/box.ts'
import { questionSchema, questionText, type Question } from '../domain/formats/gemini/question.ts'
import { readAnswer, type AnswerItem } from '../domain/formats/gemini/read-answer.ts'
import { isLoss, type GeminiFault } from '../domain/formats/gemini/types.ts'
import { callUsd, type TokenPrice } from '../domain/teacher-cost.ts'
import { askAgain, type AskAgainOptions } from './ask-again.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { outlineMasks } from './outline-masks.ts'
import type { TeacherPrompt, TokenUsage } from './roles/drafter.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'
import type { Questioner } from './roles/questioner.ts'
import type { TeacherFiles } from './roles/teacher-files.ts'
import { withUploads } from './uploads/question-uploads.ts'

/** A picture as it is sent. */
export interface AskedPicture {
  /** What the person calls it. */
  readonly label: string
  readonly imageBytes: Uint8Array
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  /** As displayed: the frame of the answer, whatever the size of what is sent. */
  readonly size: ImageSize
}

export interface PictureAnswer {
  readonly picture: AskedPicture
  readonly items: readonly AnswerItem[]
}

/** What came of one call. */
export interface Answer {
  readonly pictures: readonly PictureAnswer[]
  /** Free text, where that was asked for. */
  readonly text: string | null
  /** What the model named and could not be taken over. */
  readonly losses: readonly GeminiFault[]
  readonly usage: TokenUsage
  /** Null when the price is not known. */
  readonly usd: number | null
  readonly modelVersion: string | null
}

export interface AskingOptions extends Pick<TeacherPrompt, 'model' | 'thinking' | 'maxOutputTokens'> {
  readonly price: TokenPrice | null
  /** A hard stop, USD: a call starts only if its worst case still fits. */
  readonly budgetUsd: number | null
  readonly worstCaseUsd: number
}

/** One call of the teacher, as the ledger names it. */
export interface PaidQuestion {
  readonly callId: string
  /** ISO: its bill belongs to this day. */
  readonly startedAt: string
}

export interface AskingDependencies {
  readonly questioner: Questioner
  /** Null: pictures go with the request. */
  readonly files: TeacherFiles | null
  readonly decodeMask: DecodeMask
  /** Told of every call that is billed, before its answer is read. */
  readonly onBill: (call: PaidQuestion, usage: TokenUsage, usd: number | null) => Promise<void>
  /** Runs a call within what the project's day allows, and gives it a name and a beginning. */
  readonly pay: <Result extends { readonly usd: number }>(
    worstCaseUsd: number,
    run: (call: PaidQuestion) => Promise<Result>,
  ) => Promise<Result>
  readonly retry: AskAgainOptions
}

/** Asks questions one call at a time, within a budget. Failures are `AdapterError`s with a Teacher… code. */
export function createAsking(
  { questioner, files, decodeMask, onBill, pay, retry }: AskingDependencies,
  options: AskingOptions,
) {
  let spentUsd = 0

  const call = async (question: Question, pictures: readonly AskedPicture[]) => {
    const { budgetUsd, worstCaseUsd } = options
    const left = callsWithinBudget({ budget: budgetUsd, spentUsd, reservedUsd: 0, worstCaseUsd })
    if (left === 0) throw budgetSpent(budgetUsd ?? 0)
    const { signal } = retry
    return pay(worstCaseUsd, async (paid) => {
      try {
        const reply = await withUploads(files, { pictures, signal }, (sent) =>
          questioner.ask({
            ...options,
            pictures: sent,
            text: questionText(question),
            schema: questionSchema(question),
            json: question.form !== 'text',
            signal,
          }),
        )
        const cost = options.price === null ? null : callUsd(reply.usage, options.price)
        spentUsd += cost ?? 0
        await onBill(paid, reply.usage, cost)
        return { reply, cost, usd: cost ?? 0 }
      } catch (error) {
        if (!isBilled(error)) throw error
        spentUsd += worstCaseUsd
        throw billedAs(error, worstCaseUsd)
      }
    })
  }

  return async (question: Question, pictures: readonly AskedPicture[]): Promise<Answer> => {
    const { reply, cost: usd } = await askAgain(() => call(question, pictures), retry)
    if (reply.kind === 'blocked') throw refused(reply.reason)
    if (reply.kind === 'unusable') throw unreadable(reply.reason)
    const billed = { usage: reply.usage, usd, modelVersion: reply.modelVersion }
    if (question.form === 'text') {
      const cut: GeminiFault[] =
        reply.finish === 'cut' ? [{ kind: 'cut', detail: 'the answer ended for lack of tokens' }] : []
      const empty = pictures.map((picture) => ({ picture, items: [] }))
      return { ...billed, pictures: empty, text: reply.text.trim(), losses: cut }
    }
    const reading = readAnswer(
      reply,
      question.form,
      pictures.map(({ size }) => size),
    )
    if (reading.status === 'unreadable') throw unreadable(reading.reason)
    const losses = reading.faults.filter(isLoss)
    const answers: PictureAnswer[] = []
    for (const [index, picture] of pictures.entries()) {
      const traced = await traceMasks(reading.items[index] ?? [], decodeMask)
      losses.push(...traced.faults)
      answers.push({ picture, items: traced.items })
    }
    return { ...billed, pictures: answers, text: null, losses }
  }
}

async function traceMasks(items: readonly AnswerItem[], decodeMask: DecodeMask) {
  const traced: AnswerItem[] = []
  const faults: GeminiFault[] = []
  for (const item of items) {
    if (!('xyxy' in item) || item.maskPng === undefined) {
      traced.push(item)
      continue
    }
    const { label, xyxy, maskPng } = item
    const outlined = await outlineMasks([{ class: label, xyxy, score: null, maskPng }], decodeMask)
    faults.push(...outlined.faults)
    traced.push(...outlined.boxes.map((box) => ({ label, xyxy: box.xyxy, polygons: box.polygons })))
  }
  return { items: traced, faults }
}

/** What a broken answer cost is not known. */
const isBilled = (error: unknown): error is AdapterError =>
  error instanceof AdapterError && ['TeacherTimeout', 'TeacherBadReply'].includes(error.code)

function billedAs(error: AdapterError, spentUsd: number): AdapterError {
  const { code, message, retryable, hint, retryAfterSeconds } = error
  return new AdapterError(code, message, {
    retryable,
    spentUsd,
    ...(hint === null ? {} : { hint }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    cause: error,
  })
}

const refused = (reason: string): AdapterError =>
  new AdapterError('TeacherBadReply', `Gemini would not answer (${reason}).`, {
    retryable: false,
    hint: 'Ask in other words, or leave the picture out.',
  })

const unreadable = (reason: string): AdapterError =>
  new AdapterError('TeacherBadReply', `Gemini's answer cannot be used: ${reason}.`, {
    retryable: false,
    hint: 'Ask again, or in other words; --think makes answers steadier.',
  })

const budgetSpent = (budgetUsd: number): AdapterError =>
  new AdapterError('BadInput', `The next call might pass the budget of $${budgetUsd}.`, {
    retryable: false,
    hint: 'Raise --budget, or ask about fewer pictures.',
  })
