import {
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import { quotaWaitInWords } from '../domain/cycle-details.ts'
import type { DraftChunkInput, DraftChunkResult } from '../domain/contracts/workflow-inputs.ts'
import { core, gemini } from './ask.ts'
import { createCallGate } from './call-gate.ts'
import { draftInBatches } from './draft-in-batches.ts'
import { failureCode, failureSpentUsd } from './failure-code.ts'
import { draftingPausedSignal, draftingWaitsSignal } from './messages.ts'
import { draftsInFlight } from './policies.ts'

/** After one of these no other call can succeed either: the chunk stops and says why. */
const hopeless: readonly string[] = ['TeacherAuth', 'TeacherKeyMissing', 'TeacherChanged', 'BadConfig']

/** Failures told to people; the rest only counts, and stands in the store under attempts/. */
const toldFailures = 20

interface Call {
  readonly image: string
  /** From 0. */
  readonly part: number
}

/**
 * Has up to 50 images drafted, one activity a call, a few in flight; a draft may take several calls. With `batch`, as batch
 * jobs first. A failed image is collected, never turned into an empty draft, and never fails the others. An exhausted daily
 * quota fails no image: it is waited for, and resuming after a pause ends the wait.
 */
export async function draftChunk(input: DraftChunkInput): Promise<DraftChunkResult> {
  const { project, configHash, cycle, promptVersion, chunk, maxCalls, batch, callsPerImage = 1 } = input
  let paused = false
  const gate = createCallGate(
    () => paused,
    (until) => tellWait(chunk, until),
  )
  setHandler(draftingPausedSignal, (told) => {
    if (paused && !told.paused) gate.tryNow()
    paused = told.paused
  })

  const totals = { ok: 0, partial: 0, blocked: 0, alreadyThere: 0, failed: 0, usd: 0, tokens: 0 }
  const failures: { image: string; code: string }[] = []
  let stoppedBy: string | null = null

  const failedImages = new Set<string>()
  const ended = new Set<string>()

  const draftOne = async ({ image, part }: Call): Promise<void> => {
    // A draft that lacks a part is none: what is left of it is asked for when the image is tried again.
    if (failedImages.has(image)) return
    const which = callsPerImage === 1 ? '' : `, ${part + 1} of ${callsPerImage}`
    try {
      const ask = async () =>
        stoppedBy === null
          ? gemini(`Draft ${short(image)}${which}`).draftImage({
              project,
              configHash,
              cycle,
              image,
              promptVersion,
              ...(callsPerImage === 1 ? {} : { part }),
            })
          : null
      const draft = await gate.call(ask)
      if (draft === null) return
      if (draft.status !== 'part' && !ended.has(image)) {
        ended.add(image)
        totals[draft.paid ? draft.status : 'alreadyThere'] += 1
      }
      totals.usd += draft.usd
      totals.tokens += draft.tokens
    } catch (error) {
      if (isCancellation(error)) throw error
      const code = failureCode(error) ?? 'Internal'
      // Nothing was asked: the image is left for later, and no other would fit.
      if (code === 'BudgetSpent') {
        stoppedBy ??= code
        return
      }
      totals.usd += failureSpentUsd(error)
      if (!failedImages.has(image)) {
        failedImages.add(image)
        totals.failed += 1
        if (failures.length < toldFailures) failures.push({ image, code })
      }
      if (hopeless.includes(code)) stoppedBy ??= code
    }
  }

  const images: string[] = []
  let heldBack = 0
  const most = maxCalls === null ? undefined : Math.floor(maxCalls / callsPerImage)
  if (batch === undefined) {
    const key = storeKeys(project).draftChunk(cycle, chunk)
    const listed = await core(`Read part ${chunk}`).readImageList({ key })
    images.push(...listed.images.slice(0, most))
  } else {
    const {
      running: _,
      left,
      failures: failed,
      heldBack: held = 0,
      ...counts
    } = await gate.call(() => draftInBatches({ ...input, batch }))
    heldBack = held
    Object.assign(totals, counts)
    totals.failed = failed.length
    failures.push(...failed.slice(0, toldFailures))
    images.push(...left.slice(0, most))
  }
  const queue = images.flatMap((image) =>
    Array.from({ length: callsPerImage }, (_, part): Call => ({ image, part })),
  )
  const work = async (): Promise<void> => {
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
      if (stoppedBy !== null) return
      await draftOne(call)
    }
  }
  await Promise.all(Array.from({ length: draftsInFlight }, work))
  return { ...totals, failures, stoppedBy: stoppedBy ?? (heldBack > 0 ? 'BudgetSpent' : null) }
}

/** Shows the wait on the chunk's own page and on its cycle's. A cycle that does not hear of it drafts all the same. */
function tellWait(chunk: number, until: string | null): void {
  setCurrentDetails(until === null ? '' : quotaWaitInWords(until))
  const { parent } = workflowInfo()
  if (parent === undefined) return
  getExternalWorkflowHandle(parent.workflowId)
    .signal(draftingWaitsSignal, { chunk, until })
    .catch(() => {})
}
