import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import type { TrainingProgressView } from '../domain/contracts/training-progress.ts'

/** What a person or another workflow can say to a running cycle. Each update is a form of at most one field in the web UI. */
export const progressQuery = defineQuery<CycleProgress>('progress')
export const pauseUpdate = defineUpdate<string>('pause')
export const resumeUpdate = defineUpdate<string>('resume')
export const finishReviewUpdate = defineUpdate<string, [{ reason: string }]>('finishReview')
export const approveTrainingUpdate = defineUpdate<string, [{ by: string }]>('approveTraining')
export const raiseBudgetUpdate = defineUpdate<string, [{ usd: number }]>('raiseBudget')
export const reviewChangedSignal = defineSignal('reviewChanged')

/** From a cycle to its drafting children. */
export const draftingPausedSignal = defineSignal<[{ paused: boolean }]>('draftingPaused')

/** From a drafting child to its cycle: it waits for the teacher's daily quota until then (ISO), or no more. */
export const draftingWaitsSignal = defineSignal<[{ chunk: number; until: string | null }]>('draftingWaits')

/** From the training's activity to its workflow: how far it is. */
export const trainingProgressSignal = defineSignal<[TrainingProgressView]>('trainingProgress')

/** Shown beside the forms of the web UI. */
export const messageDescriptions = {
  progress: 'Phases, drafts, reviews and spend so far.',
  pause: 'Hand out no further work; calls under way end. No input.',
  resume: 'Go on after a pause. No input.',
  finishReview: 'Stop waiting for people and go on with what is reviewed. Input: {"reason": "why"}',
  approveTraining: 'Let the training start that waits for approval. Input: {"by": "your name"}',
  raiseBudget: 'Add to what this cycle may spend on the teacher. Input: {"usd": 5}',
  reviewChanged: 'Something was submitted in Label Studio: look now instead of at the next poll. No input.',
} as const
