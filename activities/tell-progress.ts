import type { TrainingProgressView } from '../domain/contracts/training-progress.ts'

export type SendProgress = (
  workflow: { readonly workflowId: string; readonly runId: string },
  progress: TrainingProgressView,
) => Promise<void>

/** Each message is four events of the workflow's history: often at first, ever less often later, some 120 in a day. */
const interval = { first: 5000, growth: 1.25, most: 15 * 60_000 }

/**
 * Tells a training's workflow how far it is, so that its page in the web UI shows it. What comes too early is left out, but
 * for the last epoch; a message that does not arrive is no failure of the training.
 */
export function createProgressMessenger(
  send: SendProgress,
  workflow: Parameters<SendProgress>[0] | undefined,
  now: () => number,
): (progress: TrainingProgressView) => void {
  let wait = 0
  let sentAt = Number.NEGATIVE_INFINITY
  return (progress) => {
    const isLast = progress.epoch >= progress.epochs
    if (workflow === undefined || (now() - sentAt < wait && !isLast)) return
    sentAt = now()
    wait = wait === 0 ? interval.first : Math.min(interval.most, wait * interval.growth)
    send(workflow, progress).catch(() => {})
  }
}
