import type { CycleMode, CycleOutcome, CyclePhase, NightOutcome } from './phases.ts'
import type {
  BatchPlan,
  ComparisonSummary,
  CycleSettings,
  DatasetSummary,
  DraftPick,
  DraftPlan,
  EvaluationSummary,
  GateResult,
  PredictionPlan,
  ProjectRef,
} from './activities.ts'
import type { CycleProgress } from './cycle-progress.ts'

/** What a cycle knows when it goes on in a fresh run (continue-as-new): ids, keys and counts only. */
export interface CycleCarry {
  readonly cycle: number
  readonly settings: CycleSettings
  readonly next: CyclePhase
  readonly progress: CycleProgress
  readonly promptVersion?: string
  readonly draftPlan?: DraftPlan
  /** What people have said that still counts: who approved the training, and what they added to the budget, USD. */
  readonly approvedBy?: string
  readonly extraUsd?: number
  /** Chunks of the draft plan that were handed out. */
  readonly chunksDone?: number
  /** Codes with which drafts failed, for people. */
  readonly draftFailures?: readonly string[]
  /** True: the drafting ended because the day's budget has no room for another call. */
  readonly daySpent?: boolean
  /** ISO time since which people are waited for. */
  readonly waitingSince?: string
  readonly dataset?: DatasetSummary
  readonly model?: string
  readonly heldOut?: PredictionPlan
  readonly evaluation?: EvaluationSummary
  readonly gate?: GateResult
  readonly comparison?: ComparisonSummary
  readonly routed?: BatchPlan
  readonly reportKey?: string
}

/** How often something is looked at: at first, and at most after a while. Seconds. */
export interface PollSeconds {
  readonly first: number
  readonly most: number
}

export interface CycleInput extends ProjectRef {
  readonly v: 1
  readonly mode: CycleMode
  /** Draft at most this many images; null: all that are missing. */
  readonly limit: number | null
  /** Draft training images that are answered already, too. Left out: no. */
  readonly draftAll?: boolean
  /** Draft only these; left out: all that are missing. */
  readonly pick?: DraftPick
  /** The prompt is tried out, and is not taken for the one in use. */
  readonly trial?: boolean
  /** Poll Label Studio this often at first and at most, seconds. Left out: 5 and 60. */
  readonly reviewPollSeconds?: PollSeconds
  /** Look at batch jobs this often at first and at most, seconds. Left out: 30 and 600. */
  readonly batchPollSeconds?: PollSeconds
  /** Wait for a person's `approveTraining` before training. Left out: no. */
  readonly approveTraining?: boolean
  readonly carry?: CycleCarry
}

export interface CycleResult {
  readonly cycle: number
  readonly outcome: CycleOutcome
  readonly model: string | null
  readonly verdict: string | null
  /** True when its model became champion. */
  readonly promoted: boolean
  /** Images that are still without a draft: failed, or kept for the next cycle by the budget. */
  readonly undrafted: number
  /** Set when the day's budget kept images for later. */
  readonly daySpent?: true
  readonly report: string | null
}

export interface DraftChunkInput extends ProjectRef {
  readonly v: 1
  readonly cycle: number
  readonly promptVersion: string
  /** Number of the chunk object, from 1. */
  readonly chunk: number
  /** Calls that one draft takes; left out: one. */
  readonly callsPerImage?: number
  /** Most calls this chunk may make: the budget's reservation; null: as many as it takes. */
  readonly maxCalls: number | null
  /** Set: batch jobs first, single calls for what they leave. */
  readonly batch?: {
    readonly deadlineHours: number
    readonly pollSeconds?: PollSeconds
  }
}

export interface DraftChunkResult {
  readonly ok: number
  readonly partial: number
  readonly blocked: number
  readonly alreadyThere: number
  readonly failed: number
  readonly usd: number
  readonly tokens: number
  /** First failures, for people: image and code. All of them stand under attempts/ in the store. */
  readonly failures: readonly { readonly image: string; readonly code: string }[]
  /** Set when no further call makes sense today: the day's budget is spent, a wrong key. */
  readonly stoppedBy: string | null
}

export interface TrainInput extends ProjectRef {
  readonly v: 1
  readonly cycle: number
  readonly dataset: string
  readonly trainKey: string
  readonly description: string
}

export interface CompareInput extends ProjectRef {
  readonly v: 1
  readonly cycle: number
  readonly model: string
  readonly manifest: string
  readonly shards: number
  /** Set to compare with the teacher's drafts after predicting; null: predict only. */
  readonly against: { readonly promptVersion: string; readonly threshold: number } | null
}

export interface NightlyInput extends ProjectRef {
  readonly v: 1
  readonly reviewPollSeconds?: PollSeconds
  readonly batchPollSeconds?: PollSeconds
}

export interface NightResult {
  readonly outcome: NightOutcome
  /** One sentence for the person who looks in the morning. */
  readonly words: string
  readonly cycle: number | null
}
