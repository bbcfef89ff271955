import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import {
  ApplicationFailure,
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
} from '@temporalio/common'
import type { CycleRef, CycleSettings } from '../domain/contracts/activities.ts'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import type { CycleCarry, CycleInput } from '../domain/contracts/workflow-inputs.ts'
import type { CyclePhase } from '../domain/contracts/phases.ts'
import type { SearchAttributeName } from '../domain/contracts/search-attributes.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import { cycleDetails } from '../domain/cycle-details.ts'
import { initialProgress, withPhase } from '../domain/cycle-progress.ts'
import { answerMessages, type CycleControl } from './cycle-messages.ts'

/** What later phases need of earlier ones; carried through continue-as-new. */
export type CycleFacts = Omit<CycleCarry, 'cycle' | 'settings' | 'next' | 'progress'>

interface OpenedCycle {
  readonly cycle: number
  readonly settings: CycleSettings
}

function claimed(opened: OpenedCycle | null): OpenedCycle {
  if (opened === null) throw ApplicationFailure.nonRetryable('The cycle has no number yet.', 'Internal')
  return opened
}

/** One run of a cycle: its input, what it knows, and what it shows. */
export interface CycleRun {
  readonly input: CycleInput
  readonly ref: CycleRef
  readonly settings: CycleSettings
  /** Gives the run its number and settings; once. */
  begin(opened: OpenedCycle): void
  readonly control: CycleControl
  readonly progress: () => CycleProgress
  readonly facts: CycleFacts
  /** Merges into what later phases know. */
  learn(facts: Partial<CycleFacts>): void
  /** Changes what people see: the query, the live details and the search attributes. */
  show(change: Partial<CycleProgress>): void
  note(phase: CyclePhase, text: string): void
}

const named = (name: SearchAttributeName): SearchAttributeName => name

const attributes = {
  phase: defineSearchAttributeKey(named('UnderstudyPhase'), SearchAttributeType.KEYWORD),
  cycle: defineSearchAttributeKey(named('UnderstudyCycle'), SearchAttributeType.INT),
  model: defineSearchAttributeKey(named('UnderstudyModel'), SearchAttributeType.KEYWORD),
  needsHuman: defineSearchAttributeKey(named('UnderstudyNeedsHuman'), SearchAttributeType.BOOL),
  disagreement: defineSearchAttributeKey(named('UnderstudyDisagreement'), SearchAttributeType.DOUBLE),
}

/** Makes the run and answers its messages from the first workflow task on, before the cycle has a number. */
export function createRun(input: CycleInput): CycleRun {
  const { project, configHash, mode } = input
  let opened: OpenedCycle | null = input.carry ?? null
  let progress: CycleProgress = input.carry?.progress ?? initialProgress(project, mode)
  let facts: CycleFacts = input.carry ?? {}
  const control: CycleControl = {
    paused: progress.paused,
    nudges: 0,
    finishReview: null,
    approvedBy: facts.approvedBy ?? null,
    extraUsd: facts.extraUsd ?? 0,
  }
  const publish = (): void => setCurrentDetails(cycleDetails(progress))
  let indexed = ''
  const index = (): void => {
    const pairs: SearchAttributePair[] = [
      { key: attributes.phase, value: progress.phase },
      ...(progress.cycle === null ? [] : [{ key: attributes.cycle, value: progress.cycle }]),
      { key: attributes.needsHuman, value: progress.phase === 'review' && progress.review.waiting > 0 },
      ...(facts.model === undefined ? [] : [{ key: attributes.model, value: short(facts.model) }]),
      ...(facts.comparison === undefined
        ? []
        : [{ key: attributes.disagreement, value: facts.comparison.rate }]),
    ]
    // Each upsert is an event of the history: only a change is worth one.
    const now = JSON.stringify(pairs.map(({ value }) => value))
    if (now !== indexed) upsertSearchAttributes(pairs)
    indexed = now
  }
  const pause = (paused: boolean): void => {
    control.paused = paused
    progress = { ...progress, paused }
    publish()
  }

  answerMessages({ input, control, progress: () => progress, pause })

  return {
    input,
    get ref() {
      return { project, configHash, cycle: claimed(opened).cycle }
    },
    get settings() {
      return claimed(opened).settings
    },
    begin: (cycle) => {
      opened = cycle
      progress = { ...progress, cycle: cycle.cycle }
    },
    control,
    progress: () => progress,
    get facts() {
      return facts
    },
    learn: (more) => {
      facts = { ...facts, ...more }
    },
    show: (change) => {
      progress = { ...progress, ...change }
      publish()
      index()
    },
    note: (phase, text) => {
      progress = withPhase(progress, phase, { note: text })
      publish()
    },
  }
}
