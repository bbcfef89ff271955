import type { DraftEstimate } from '../../activities/compose-project.ts'
import type { DraftPick } from '../../domain/contracts/activities.ts'
import { errorCodes } from '../../domain/contracts/error-codes.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import type { HandlerContext } from '../command.ts'
import { confirmed, noImages, teacherOf } from '../cycle/before-spending.ts'
import { estimateText } from '../cycle/estimate-text.ts'
import { startCycle } from '../cycle/start-cycle.ts'
import { watchCycle } from '../cycle/watch-cycle.ts'
import { UserError } from '../errors.ts'
import { teacherInWords } from '../teacher-in-words.ts'
import type { Project } from '../project.ts'
import { withTemporal, workflowLink } from '../temporal-client.ts'

export interface DraftRun {
  readonly estimate: DraftEstimate
  /** Null when nothing was started: nothing was missing, or it was not wanted. */
  readonly counts: {
    readonly done: number
    readonly failed: number
    readonly partial: number
    readonly blocked: number
    readonly usd: number
  } | null
  /** What the drafting phase had to say in the end. */
  readonly note: string
}

export interface DraftWishes {
  /** Most images to draft; null: all that are missing. */
  readonly limit: number | null
  /** Training images that are answered already as well. */
  readonly all?: boolean
  readonly simulate: boolean
  readonly estimateOnly: boolean
  /** Do not ask before money is spent. */
  readonly yes: boolean
  /** Left out: everything that is missing. */
  readonly pick?: DraftPick
  /** The prompt is tried out, and is not taken for the one in use. */
  readonly trial?: boolean
}

/** Says what drafting costs; then has the missing images drafted by a cycle that does nothing else, and follows it to its end. */
export async function runDrafts(
  project: Project,
  { limit, all = false, simulate, estimateOnly, yes, pick, trial }: DraftWishes,
  { output, signal }: HandlerContext,
): Promise<DraftRun> {
  const { name, config, settings } = project
  const teacher = teacherOf(project, simulate)
  const { endpoint } = teacher
  const { estimateDraftCost } = await import('../../activities/compose-project.ts')
  const estimate = await estimateDraftCost(settings.store, config, {
    endpoint,
    limit,
    all,
    ...(pick && { pick }),
  })
  if (estimate.images === 0) throw noImages(name)
  for (const line of estimateText(estimate, teacherInWords(teacher))) output.step(line)
  const nothing = { estimate, counts: null, note: '' }
  if (estimateOnly || estimate.calls === 0) return nothing
  if (!estimate.teacher.simulated && !yes && !(await confirmed(output, signal))) return nothing

  return withTemporal(settings.temporal, async (client) => {
    const request = { mode: 'draft', limit, approveTraining: false, draftAll: all, pick, trial } as const
    await startCycle(client, project, request)
    const link = workflowLink(settings.temporal, cycleId(name))
    if (link !== null) output.note(link)
    const watched = await watchCycle(client, name, { output: { ...output, result: () => {} }, signal })
    if (watched.state === 'running') output.note('The drafting goes on without you watching.')
    if (watched.failure !== null) throw draftingFailed(watched.failure)
    const note = watched.progress?.phases.find(({ phase }) => phase === 'draft')?.note ?? ''
    return { estimate, counts: watched.progress?.drafting ?? null, note }
  })
}

const draftingFailed = ({ code, message }: { readonly code: string; readonly message: string }): UserError =>
  new UserError({
    code: errorCodes.find((known) => known === code) ?? 'Internal',
    what: 'The drafting failed.',
    why: message,
    fix: 'What was drafted is kept; run the command again to go on.',
  })
