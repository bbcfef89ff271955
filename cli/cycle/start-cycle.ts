import type { Client } from '@temporalio/client'
import type { DraftPick } from '../../domain/contracts/activities.ts'
import type { CycleMode } from '../../domain/contracts/phases.ts'
import { taskQueue } from '../../domain/contracts/queues.ts'
import type { SearchAttributeName } from '../../domain/contracts/search-attributes.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import type { CycleInput } from '../../domain/contracts/workflow-inputs.ts'
import { UserError } from '../errors.ts'
import type { Project } from '../project.ts'
import { liveLine } from './progress-text.ts'
import { readCycle } from './read-cycle.ts'

export const projectAttribute: SearchAttributeName = 'UnderstudyProject'

export interface CycleRequest {
  readonly mode: CycleMode
  readonly limit: number | null
  readonly approveTraining: boolean
  /** Training images that are answered already are drafted, too. */
  readonly draftAll?: boolean
  /** Left out: everything that is missing. */
  readonly pick?: DraftPick | undefined
  /** The prompt is tried out. */
  readonly trial?: boolean | undefined
}

/** Keeps the configuration where workflows find it by its hash. Safe to repeat. */
export async function storeConfig({ config, settings }: Project): Promise<void> {
  const { storeProjectConfig } = await import('../../activities/compose-project.ts')
  await storeProjectConfig(settings.store, config)
}

/** What a started cycle needs to know of its project. */
export interface CycleTarget {
  readonly name: string
  readonly configHash: string
  readonly queuePrefix: string
}

/**
 * Keeps the configuration and starts the project's cycle.
 * @throws UserError CycleBusy when one runs already: the workflow id is the lock
 */
export async function startCycle(
  client: Client,
  project: Project,
  request: CycleRequest,
): Promise<{ workflowId: string; runId: string }> {
  await storeConfig(project)
  const { name, configHash, settings } = project
  return startCycleWorkflow(client, { name, configHash, queuePrefix: settings.queuePrefix }, request)
}

/** Starts the workflow; the configuration must be in the store already. */
export async function startCycleWorkflow(
  client: Client,
  { name, configHash, queuePrefix }: CycleTarget,
  { mode, limit, approveTraining, draftAll = false, pick, trial }: CycleRequest,
): Promise<{ workflowId: string; runId: string }> {
  const { defineSearchAttributeKey, SearchAttributeType, WorkflowExecutionAlreadyStartedError } =
    await import('@temporalio/common')
  const input: CycleInput = {
    v: 1,
    project: name,
    configHash,
    mode,
    limit,
    ...(approveTraining ? { approveTraining } : {}),
    ...(draftAll ? { draftAll } : {}),
    ...(pick === undefined ? {} : { pick }),
    ...(trial === true ? { trial } : {}),
  }
  try {
    const handle = await client.workflow.start('cycle', {
      taskQueue: taskQueue('core', queuePrefix),
      workflowId: cycleId(name),
      workflowIdConflictPolicy: 'FAIL',
      args: [input],
      staticSummary: `${name}: ${mode} cycle`,
      typedSearchAttributes: [
        { key: defineSearchAttributeKey(projectAttribute, SearchAttributeType.KEYWORD), value: name },
      ],
    })
    return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw await busy(client, name)
    throw error
  }
}

async function busy(client: Client, name: string): Promise<UserError> {
  const { progress, training, startedAt } = await readCycle(client, name)
  const doing = progress === null ? '' : `; it is in "${liveLine(progress, training)}"`
  return new UserError({
    code: 'CycleBusy',
    what: `A cycle of ${name} is running already.`,
    why: `It was started ${startedAt ?? 'earlier'}${doing}.`,
    fix: 'Follow it with `understudy cycle watch`, or end it with `understudy cycle stop`.',
  })
}
