import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow'
import type { CycleInput, CycleResult } from '../domain/contracts/workflow-inputs.ts'
import type { CycleOutcome, CyclePhase } from '../domain/contracts/phases.ts'
import { phasesOf, withPhase } from '../domain/cycle-progress.ts'
import { core } from './ask.ts'
import { createRun, type CycleRun } from './cycle-run.ts'
import { buildDataset } from './steps/build-dataset.ts'
import { compareWithTeacher } from './steps/compare-with-teacher.ts'
import { draft } from './steps/draft.ts'
import { evaluate } from './steps/evaluate.ts'
import { judge } from './steps/judge.ts'
import { queueBatch } from './steps/queue-batch.ts'
import { report } from './steps/report.ts'
import { route } from './steps/route.ts'
import { select } from './steps/select.ts'
import type { Step } from './steps/step.ts'
import { trainStudent } from './steps/train-student.ts'
import { waitForPeople } from './steps/wait-for-people.ts'

const steps: Record<Exclude<CyclePhase, 'done'>, Step> = {
  select,
  draft,
  queue: queueBatch,
  review: waitForPeople,
  dataset: buildDataset,
  train: trainStudent,
  evaluate,
  gate: judge,
  compare: compareWithTeacher,
  route,
  report,
}

/** Long phases: the next one starts in a fresh run, so that no history grows with the length of a night. */
const startFreshAfter: readonly CyclePhase[] = ['draft', 'review', 'train']

/**
 * One pass of the loop: draft, review, train, compare, route. One a project at a time (the workflow id is the lock).
 * Mode `nightly` collects the reviews that came in instead of waiting for people, and ends early when nothing is new.
 */
export async function cycle(input: CycleInput): Promise<CycleResult> {
  const run = createRun(input)
  if (input.carry === undefined) run.begin(await open(input))
  try {
    const outcome = await walk(run, input.carry?.next ?? 'select')
    return await close(run, outcome)
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => close(run, 'stopped'))
    throw error
  }
}

const open = (input: CycleInput) =>
  core('Open the cycle').openCycle({
    project: input.project,
    configHash: input.configHash,
    mode: input.mode,
    runId: workflowInfo().firstExecutionRunId,
  })

/** Takes the phases in order, from `first` on. Ends early when a step says that there is nothing to go on with. */
async function walk(run: CycleRun, first: CyclePhase): Promise<CycleOutcome> {
  const order = phasesOf(run.input.mode)
  let outcome: CycleOutcome = 'completed'
  for (const phase of order.slice(order.indexOf(first))) {
    if (phase === 'done') break
    const early = outcome !== 'completed'
    // A cycle that ends early still reports what it saw.
    if (early && phase !== 'report') {
      run.show({ phases: withPhase(run.progress(), phase, { state: 'skipped' }).phases })
      continue
    }
    const end = await take(run, phase)
    if (end.again === true) await startFresh(run, phase)
    if (end.outcome !== undefined) outcome = end.outcome
    else if (startFreshAfter.includes(phase)) await startFresh(run, following(order, phase))
  }
  return outcome
}

async function take(run: CycleRun, phase: Exclude<CyclePhase, 'done'>): ReturnType<Step> {
  await condition(() => !run.control.paused)
  run.show({ phase, phases: withPhase(run.progress(), phase, { state: 'running', startedAt: now() }).phases })
  const end = await steps[phase](run)
  if (end.again !== true) {
    const change = { state: 'done', note: end.note, endedAt: now() } as const
    run.show({ phases: withPhase(run.progress(), phase, change).phases })
  }
  return end
}

/** The workflow's clock: the same on replay. */
const now = (): string => new Date().toISOString()

const following = (order: readonly CyclePhase[], phase: CyclePhase): CyclePhase =>
  order[order.indexOf(phase) + 1] ?? 'report'

async function startFresh(run: CycleRun, next: CyclePhase): Promise<never> {
  await condition(allHandlersFinished)
  const { carry: _, ...input } = run.input
  const { approvedBy, extraUsd } = run.control
  run.learn({ extraUsd, ...(approvedBy === null ? {} : { approvedBy }) })
  return continueAsNew<typeof cycle>({
    ...input,
    carry: { ...run.facts, cycle: run.ref.cycle, settings: run.settings, next, progress: run.progress() },
  })
}

async function close(run: CycleRun, outcome: CycleOutcome): Promise<CycleResult> {
  const { model, gate, reportKey, daySpent } = run.facts
  const { drafting } = run.progress()
  await core('Close the cycle').closeCycle({
    ...run.ref,
    outcome,
    summary: Object.fromEntries(run.progress().phases.map(({ phase, note }) => [phase, note])),
  })
  run.show({ phase: 'done', outcome })
  await condition(allHandlersFinished)
  return {
    cycle: run.ref.cycle,
    outcome,
    model: model ?? null,
    verdict: gate?.verdict ?? null,
    promoted: gate?.promoted ?? false,
    undrafted: drafting.total - drafting.done,
    ...(daySpent === true ? { daySpent } : {}),
    report: reportKey ?? null,
  }
}
