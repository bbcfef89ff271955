import type { TrainingProgressView } from '../domain/contracts/training-progress.ts'
import type { TrainingProgress, TrainingWatch } from './roles/trainer.ts'

/** The part of Temporal's activity context that this needs. */
export interface HeartContext {
  heartbeat(details: TrainingProgressView): void
  readonly cancellationSignal: AbortSignal
  readonly cancellationDetails?: { readonly cancelRequested: boolean } | undefined
}

const beatMilliseconds = 2000

/**
 * Beats the activity's heart every 2 s and with every epoch. Only a cancellation that somebody asked for ends the trainer.
 * When the worker shuts down or the server has given this attempt up, the trainer goes on for the attempt that follows.
 * @param onChange told whenever there is something new to show
 */
export async function beatWhileTraining<T>(
  context: HeartContext,
  start: Pick<TrainingProgressView, 'runId' | 'epochs'>,
  train: (watch: Required<TrainingWatch>) => Promise<T>,
  onChange: (progress: TrainingProgressView) => void = () => {},
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
  let details: TrainingProgressView = {
    ...start,
    epoch: 0,
    losses: {},
    map50: null,
    map: null,
    etaSeconds: null,
    waitsFor: null,
  }
  context.heartbeat(details)
  const timer = setInterval(() => context.heartbeat(details), beatMilliseconds)
  try {
    return await train({
      onProgress: (progress) => {
        details = toView(start.runId, progress)
        context.heartbeat(details)
        onChange(details)
      },
      signal: stop.signal,
      leave: leave.signal,
    })
  } finally {
    clearInterval(timer)
    context.cancellationSignal.removeEventListener('abort', onCancel)
  }
}

function toView(runId: string, { secondsPerEpoch, ...progress }: TrainingProgress): TrainingProgressView {
  const left = progress.epochs - progress.epoch
  return {
    runId,
    ...progress,
    etaSeconds: secondsPerEpoch === null ? null : Math.round(secondsPerEpoch * left),
  }
}
