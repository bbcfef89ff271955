import type { TrainingProgress } from './roles/trainer.ts'

/** What the web UI shows of a training that runs, and what the next attempt finds. */
export interface TrainingHeartbeat {
  readonly runId: string
  readonly epoch: number
  readonly epochs: number
  readonly map50: number | null
}

export interface TrainingWatch {
  onProgress(progress: TrainingProgress): void
  readonly signal: AbortSignal
  readonly leave: AbortSignal
}

/** The part of Temporal's activity context that this needs. */
export interface HeartContext {
  heartbeat(details: TrainingHeartbeat): void
  readonly cancellationSignal: AbortSignal
  readonly cancellationDetails?: { readonly cancelRequested: boolean } | undefined
}

const beatMilliseconds = 2000

/**
 * Beats the activity's heart every 2 s and with every epoch. Only a cancellation that somebody asked for ends the trainer.
 * When the worker shuts down or the server has given this attempt up, the trainer goes on for the attempt that follows.
 */
export async function beatWhileTraining<T>(
  context: HeartContext,
  start: Pick<TrainingHeartbeat, 'runId' | 'epochs'>,
  train: (watch: TrainingWatch) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const leave = new AbortController()
  const onCancel = (): void => {
    const asked = context.cancellationDetails?.cancelRequested ?? true
    const reason: unknown = context.cancellationSignal.reason
    if (asked) stop.abort(reason)
    else leave.abort(reason)
  }
  if (context.cancellationSignal.aborted) onCancel()
  else context.cancellationSignal.addEventListener('abort', onCancel, { once: true })
  let details: TrainingHeartbeat = { ...start, epoch: 0, map50: null }
  context.heartbeat(details)
  const timer = setInterval(() => context.heartbeat(details), beatMilliseconds)
  try {
    return await train({
      onProgress: ({ epoch, epochs, map50 }) => {
        details = { runId: start.runId, epoch, epochs, map50 }
        context.heartbeat(details)
      },
      signal: stop.signal,
      leave: leave.signal,
    })
  } finally {
    clearInterval(timer)
    context.cancellationSignal.removeEventListener('abort', onCancel)
  }
}
