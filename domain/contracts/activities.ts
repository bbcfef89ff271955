import type { BatchKind, KindCounts, Verdict } from './disagreement-kinds.ts'
import type { CycleMode, CycleOutcome, CyclePhase } from './phases.ts'

/**
 * What workflows may ask of the world, by task queue. Only ids, hashes, store keys and counts cross this line: never
 * bytes, secrets, signed URLs or local paths. Every activity may run twice and must leave the same objects behind.
 */

/** Names the project and the config object a cycle runs with. */
export interface ProjectRef {
  readonly project: string
  readonly configHash: string
}
export interface CycleRef extends ProjectRef {
  readonly cycle: number
}

export interface DraftPlan {
  readonly promptVersion: string
  /** True when the teacher is the simulator: shown wherever drafts appear. */
  readonly simulated: boolean
  readonly images: number
  readonly alreadyDrafted: number
  readonly missing: number
  /** Training images without a draft that are answered already and are not drafted any more; left out: none. */
  readonly answered?: number
  /**
   * How many chunk objects were written, numbered from 1 under `storeKeys(project).draftChunk(cycle, number)`: JSON arrays
   * of at most `draftChunkSize` image ids, only images that have no draft yet. A count, not a list: 500,000 images are 10,000 chunks.
   */
  readonly chunks: number
  /** Calls that one draft takes; left out: one. */
  readonly callsPerImage?: number
  /** Most that one call can cost, USD, for the budget's reservation. */
  readonly worstCaseUsdPerCall: number
  /** Money left for this cycle, USD; null without a budget. */
  readonly budgetUsd: number | null
  /** Set when the chunks go through batch jobs first: after so many hours what is missing is asked for one by one. */
  readonly batchDeadlineHours?: number
}
/** Which images are drafted: a choice by chance, the same for the same seed. */
export interface DraftPick {
  /** `judged`: reviewed images that tell how good drafts are; `reviewed`: all that people accepted. */
  readonly among: 'all' | 'judged' | 'reviewed'
  /** Drafted ones counted. */
  readonly count: number
  readonly seed: string
  /** Only images with a draft under this version. */
  readonly draftedUnder?: string
}
/** A chunk whose images go through batch jobs. */
export interface DraftBatchRef extends CycleRef {
  readonly promptVersion: string
  readonly chunk: number
}
export interface DraftResult {
  /** `part`: other calls of the draft are still to be made. */
  readonly status: 'ok' | 'partial' | 'blocked' | 'part'
  readonly boxes: number
  readonly usd: number
  readonly tokens: number
  /** False when the draft was there already and nothing was paid. */
  readonly paid: boolean
}
/** What became of a chunk's batch jobs so far: the sum over all of them. */
export interface DraftBatchSight {
  /** Jobs that have not ended. */
  readonly running: number
  readonly ok: number
  readonly partial: number
  readonly blocked: number
  readonly usd: number
  readonly tokens: number
  /** Images to be asked for one by one: a job or its item gave no answer, and nothing was billed for them or one more try is due. */
  readonly left: readonly string[]
  /** Images that were billed and gave no draft. */
  readonly failures: readonly { readonly image: string; readonly code: string }[]
  /** Images that the day's budget had no room for: left for later, and not to be asked for one by one. */
  readonly heldBack?: number
}
export interface BatchPlan {
  /** Null when there is nothing to queue. */
  readonly batch: number | null
  readonly images: number
  readonly byKind: Partial<Record<BatchKind, number>>
}
export interface ReviewProgress {
  /** Tasks on the board that nobody has answered. */
  readonly waiting: number
  readonly accepted: number
  readonly skipped: number
  /** Answers that could not be taken, each stored with its reason; the task is open again or needs a look. */
  readonly refused: number
  /** Tasks that somebody deleted in Label Studio. */
  readonly withdrawn: number
  /** Reviews written by this poll. */
  readonly fresh: number
  readonly boardUrl: string
}
export interface DatasetSummary {
  readonly dataset: string
  readonly images: number
  readonly train: number
  readonly val: number
  readonly test: number
  readonly boxes: number
  /** Training images with labels that the champion has not learnt from: reviewed or corrected since. */
  readonly newSinceChampion: number
  /** Training images with the teacher's draft, which nobody has looked at: none unless the config asks for them. */
  readonly unreviewed?: number
}
export interface TrainingPlan {
  /** Hash of dataset and arguments: the identity of a training. */
  readonly trainKey: string
  /** Model that is already registered for this key, if any. */
  readonly model: string | null
  readonly epochs: number
  readonly images: number
  /** Said to people: "tiny from scratch, 256 px, 50 epochs on 80 images, about 4 min". */
  readonly description: string
}
export interface TrainingResult {
  readonly model: string
  readonly epochs: number
  readonly seconds: number
  /** True when the trainer died and went on from a checkpoint. */
  readonly resumed: boolean
}
export interface PredictionPlan {
  readonly manifest: string
  readonly images: number
  readonly shards: number
}
export interface EvaluationSummary {
  readonly key: string
  readonly images: number
  readonly studentF1: number
  readonly teacherF1: number | null
  readonly studentMap50: number
  readonly studentMap: number
  /** Of masks; null where the task is to detect, missing in histories of older versions. */
  readonly studentMaskMap50?: number | null
  /** Confidence threshold fixed on validation images. */
  readonly threshold: number
}
export interface GateResult {
  readonly verdict: Verdict
  readonly promoted: boolean
  readonly champion: string | null
  /** One sentence with intervals and the number of images it rests on. */
  readonly words: string
}
export interface ComparisonSummary {
  readonly key: string
  readonly images: number
  readonly imagesWithDisagreement: number
  readonly byKind: KindCounts
  /** Share of compared images with at least one disagreement, 0 to 1. */
  readonly rate: number
}
/** The values of the config that decide how a cycle waits and goes on; the rest stays in the store. */
export interface CycleSettings {
  readonly reviewQuota: number
  readonly reviewDeadlineHours: number | null
  readonly minNewReviews: number
}
export interface CycleProgressView {
  readonly running: boolean
  readonly phase: CyclePhase | null
  readonly mode: CycleMode | null
  readonly cycle: number | null
  /** True when it waits for people and enough new training images are reviewed (`night.minNewReviews`). */
  readonly readyToGoOn: boolean
}

export interface CoreActivities {
  openCycle(
    input: ProjectRef & { mode: CycleMode; runId: string },
  ): Promise<{ cycle: number; settings: CycleSettings }>
  closeCycle(
    input: CycleRef & { outcome: CycleOutcome; summary: Record<string, number | string> },
  ): Promise<void>
  /**
   * `all`: also training images that are reviewed, or came with labels. `trial`: the version is tried out on a few images and is not taken for the one in use.
   */
  planDrafts(
    input: CycleRef & { limit: number | null; all?: boolean; pick?: DraftPick; trial?: boolean },
  ): Promise<DraftPlan>
  readImageList(input: { key: string }): Promise<{ images: string[] }>
  planFirstBatch(input: CycleRef & { promptVersion: string }): Promise<BatchPlan>
  buildDataset(input: CycleRef): Promise<DatasetSummary>
  planTraining(input: CycleRef & { dataset: string }): Promise<TrainingPlan>
  /** Which images a model is run on: reviewed held-out images, or training-split images the model has not learnt from. */
  planPredictions(
    input: CycleRef & {
      model: string
      dataset: string
      pool: 'held-out' | 'unlearnt'
      /** The unlearnt pool holds images drafted under this version; left out: under any. */
      promptVersion?: string | null
    },
  ): Promise<PredictionPlan>
  evaluateModel(
    input: CycleRef & { model: string; dataset: string; manifest: string; promptVersion: string | null },
  ): Promise<EvaluationSummary>
  readChampion(input: ProjectRef): Promise<{ model: string | null }>
  judgeChallenger(input: CycleRef & { model: string; dataset: string; manifest: string }): Promise<GateResult>
  findDisagreements(
    input: CycleRef & { model: string; manifest: string; promptVersion: string; threshold: number },
  ): Promise<ComparisonSummary>
  planRoutedBatch(input: CycleRef & { comparisonKey: string; promptVersion: string }): Promise<BatchPlan>
  /** `story`: what each phase had to say, in order, for the page. */
  writeReport(
    input: CycleRef & { story: readonly { readonly phase: CyclePhase; readonly note: string }[] },
  ): Promise<{ key: string }>
  describeCycle(input: ProjectRef): Promise<CycleProgressView>
  /** Pauses the project's schedule with a note that says what failed, when, and how to go on; false without a schedule. */
  pauseNights(input: {
    project: string
    /** When the night began, ISO. */
    night: string
    code: string | null
    message: string
  }): Promise<{ paused: boolean }>
  /** Tells a cycle that waits for people to go on with what is reviewed; false when it was not waiting any more. */
  finishWaitingReview(input: { project: string; reason: string }): Promise<{ taken: boolean }>
}

export interface GeminiActivities {
  /** Hands a chunk's images in as batch jobs. A second call submits nothing twice, also when the first one's answer was lost. */
  submitDraftBatches(input: DraftBatchRef & { maxCalls: number | null }): Promise<{ jobs: number }>
  /** Looks at the jobs that run and keeps the drafts of those that have ended. */
  lookAtDraftBatches(input: DraftBatchRef): Promise<DraftBatchSight>
  /** Cancels what still runs: nothing of it comes any more. */
  endDraftBatches(input: DraftBatchRef): Promise<DraftBatchSight>
  /** `part`: number of the call, from 0, where a draft takes several. */
  draftImage(input: CycleRef & { image: string; promptVersion: string; part?: number }): Promise<DraftResult>
}

export interface ReviewActivities {
  prepareBoard(input: ProjectRef): Promise<{ boardUrl: string }>
  postBatch(input: CycleRef & { batch: number }): Promise<{ posted: number; alreadyThere: number }>
  collectReviews(input: ProjectRef): Promise<ReviewProgress>
}

export interface TrainActivities {
  trainStudent(input: CycleRef & { dataset: string; trainKey: string }): Promise<TrainingResult>
}

export interface InferActivities {
  /** Opens the exported file, checks classes and runs one reference image, then writes the model's record: it counts from here on. */
  registerModel(
    input: CycleRef & { model: string; dataset: string; trainKey: string },
  ): Promise<{ model: string }>
  predictShard(
    input: CycleRef & { model: string; manifest: string; shard: number },
  ): Promise<{ images: number; boxes: number }>
}
