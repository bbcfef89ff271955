import type { Client } from '@temporalio/client'
import type { CycleProgress } from '../../domain/contracts/cycle-progress.ts'
import type { CycleResult } from '../../domain/contracts/workflow-inputs.ts'
import { startOf } from '../../domain/cycle-progress.ts'
import type { TrainingProgressView } from '../../domain/contracts/training-progress.ts'
import { explain } from '../errors.ts'
import { cycleHandle } from '../temporal-client.ts'
import { readTrainingProgress } from './training-progress.ts'

/** What can be known of a project's latest cycle. `none`: there was never one, or Temporal has forgotten it. */
export interface CycleState {
  readonly state: 'none' | 'running' | 'completed' | 'failed' | 'stopped'
  /** Null when no worker answers, or when a cycle of long ago cannot be asked any more. */
  readonly progress: CycleProgress | null
  /** Set while the trainer runs. */
  readonly training: TrainingProgressView | null
  /** Set when the cycle has completed. */
  readonly result: CycleResult | null
  /** Set when the cycle has failed. */
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly startedAt: string | null
  readonly endedAt: string | null
}

const queryTimeoutMs = 8_000

/** Asks Temporal for the project's latest cycle, running or not. */
export async function readCycle(client: Client, project: string): Promise<CycleState> {
  const { WorkflowNotFoundError } = await import('@temporalio/client')
  const handle = cycleHandle(client, project)
  try {
    const { status, startTime, closeTime } = await handle.describe()
    const progress = await askProgress(client, project)
    const known = {
      progress,
      training: await trainingOf(client, progress),
      result: null,
      failure: null,
      // A long cycle goes on in a new run: Temporal then names the start of that one, the first phase knows better.
      startedAt: (progress === null ? null : startOf(progress)) ?? startTime.toISOString(),
      endedAt: closeTime?.toISOString() ?? null,
    }
    if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return { ...known, state: 'running' }
    if (status.name === 'COMPLETED')
      return { ...known, state: 'completed', result: await resultOf(client, project) }
    if (status.name === 'CANCELLED' || status.name === 'TERMINATED') return { ...known, state: 'stopped' }
    return { ...known, state: 'failed', failure: await failureOf(client, project) }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    return {
      state: 'none',
      progress: null,
      training: null,
      result: null,
      failure: null,
      startedAt: null,
      endedAt: null,
    }
  }
}

/** The `progress` query needs a worker; without one it would hang. Null then. */
async function askProgress(client: Client, project: string): Promise<CycleProgress | null> {
  const { progressQuery } = await import('../../workflows/messages.ts')
  const { QueryNotRegisteredError, ServiceError } = await import('@temporalio/client')
  const handle = cycleHandle(client, project)
  try {
    return await client.connection.withDeadline(Date.now() + queryTimeoutMs, () =>
      handle.query(progressQuery),
    )
  } catch (error) {
    if (error instanceof ServiceError || error instanceof QueryNotRegisteredError) return null
    throw error
  }
}

/** A training that ended between two questions is no error. */
async function trainingOf(
  client: Client,
  progress: CycleProgress | null,
): Promise<TrainingProgressView | null> {
  if (progress === null || progress.phase !== 'train' || progress.training === null) return null
  return readTrainingProgress(client, progress.training.workflowId).catch(() => null)
}

const resultOf = async (client: Client, project: string): Promise<CycleResult> => {
  const result: CycleResult = await cycleHandle(client, project).result()
  return result
}

async function failureOf(client: Client, project: string): Promise<{ code: string; message: string }> {
  try {
    await cycleHandle(client, project).result()
    return { code: 'Internal', message: 'the failure could not be read' }
  } catch (error) {
    const { code, what, why } = explain(error)
    return { code, message: code === 'Internal' ? why : what }
  }
}
