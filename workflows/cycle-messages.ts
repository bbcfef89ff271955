import { setHandler } from '@temporalio/workflow'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import type { CycleInput } from '../domain/contracts/workflow-inputs.ts'
import {
  approveTrainingUpdate,
  finishReviewUpdate,
  messageDescriptions,
  pauseUpdate,
  progressQuery,
  raiseBudgetUpdate,
  resumeUpdate,
  reviewChangedSignal,
} from './messages.ts'

/** What people have asked for while the cycle runs. Handlers only set fields; the steps read them. */
export interface CycleControl {
  paused: boolean
  nudges: number
  finishReview: string | null
  approvedBy: string | null
  extraUsd: number
}

interface Listener {
  readonly input: CycleInput
  readonly control: CycleControl
  readonly progress: () => CycleProgress
  readonly pause: (paused: boolean) => void
}

/**
 * Answers a cycle's messages. Updates come from people, through forms of the web UI too: a validator refuses what cannot be
 * used, with a sentence and without an event, because an error inside a handler would block the workflow.
 */
export function answerMessages({ input, control, progress, pause }: Listener): void {
  setHandler(progressQuery, progress, { description: messageDescriptions.progress })

  const nudge = (): void => {
    control.nudges += 1
  }
  setHandler(reviewChangedSignal, nudge, { description: messageDescriptions.reviewChanged })

  const startPause = (): string => {
    pause(true)
    return 'paused'
  }
  setHandler(pauseUpdate, startPause, {
    description: messageDescriptions.pause,
    validator: () => refuseWhen(control.paused, 'The cycle is paused already.'),
  })

  const endPause = (): string => {
    pause(false)
    return 'resumed'
  }
  setHandler(resumeUpdate, endPause, {
    description: messageDescriptions.resume,
    validator: () => refuseWhen(!control.paused, 'The cycle is not paused.'),
  })

  const finishReview = ({ reason }: { reason: string }): string => {
    control.finishReview = reason
    return 'going on with what is reviewed'
  }
  setHandler(finishReviewUpdate, finishReview, {
    description: messageDescriptions.finishReview,
    validator: (said) => {
      const { phase } = progress()
      refuseWhen(phase !== 'review', `The cycle waits for no review: it is in "${phase}".`)
      refuseWhen(!hasText(said, 'reason'), 'Expected {"reason": "why"}.')
    },
  })

  const approveTraining = ({ by }: { by: string }): string => {
    control.approvedBy = by
    return `approved by ${by}`
  }
  setHandler(approveTrainingUpdate, approveTraining, {
    description: messageDescriptions.approveTraining,
    validator: (said) => {
      refuseWhen(input.approveTraining !== true, 'This cycle waits for no approval.')
      refuseWhen(!hasText(said, 'by'), 'Expected {"by": "your name"}.')
    },
  })

  const raiseBudget = ({ usd }: { usd: number }): string => {
    control.extraUsd += usd
    return `raised by ${usd} USD`
  }
  setHandler(raiseBudgetUpdate, raiseBudget, {
    description: messageDescriptions.raiseBudget,
    validator: (said) => refuseWhen(!hasAmount(said), 'Expected {"usd": an amount above 0}.'),
  })
}

function refuseWhen(refused: boolean, sentence: string): void {
  if (refused) throw new Error(sentence)
}

const field = (said: unknown, name: string): unknown =>
  typeof said === 'object' && said !== null ? Reflect.get(said, name) : undefined

const hasText = (said: unknown, name: string): boolean => {
  const text = field(said, name)
  return typeof text === 'string' && text.trim() !== ''
}

const hasAmount = (said: unknown): boolean => {
  const amount = field(said, 'usd')
  return typeof amount === 'number' && Number.isFinite(amount) && amount > 0
}
