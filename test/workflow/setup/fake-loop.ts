import { ApplicationFailure } from '@temporalio/common'
import type {
  CoreActivities,
  GeminiActivities,
  InferActivities,
  ReviewActivities,
  ReviewProgress,
  TrainActivities,
} from '../../../domain/contracts/activities.ts'

export type AllActivities = CoreActivities &
  GeminiActivities &
  ReviewActivities &
  TrainActivities &
  InferActivities

/** Calls in the order in which they came, by activity. */
export interface CallLog {
  readonly calls: { readonly name: string; readonly input: Record<string, unknown> }[]
  count(name: string): number
}

export const failWith = (code: string): never => {
  throw ApplicationFailure.nonRetryable(`scripted ${code}`, code)
}

const review = (change: Partial<ReviewProgress> = {}): ReviewProgress => ({
  waiting: 0,
  accepted: 10,
  skipped: 0,
  refused: 0,
  withdrawn: 0,
  fresh: 10,
  boardUrl: 'http://board.test/projects/1',
  ...change,
})
export { review as reviewState }

/** What batch jobs that drafted so many images tell, when they leave none. */
export const drafted = (ok: number) => ({
  ok,
  partial: 0,
  blocked: 0,
  usd: ok * 0.0005,
  tokens: ok * 1500,
  left: [],
  failures: [],
})

/**
 * Fakes of our own roles that behave like a healthy loop over `images` images: what workflows are tested against. Each
 * test scripts only what is different in it.
 */
export function fakeLoop(
  overrides: Partial<AllActivities> = {},
  { images = 3 }: { images?: number } = {},
): { activities: AllActivities; log: CallLog } {
  const calls: { name: string; input: Record<string, unknown> }[] = []
  const healthy: AllActivities = {
    openCycle: async () => ({
      cycle: 1,
      settings: { reviewQuota: 0.8, reviewDeadlineHours: null, minNewReviews: 5 },
    }),
    closeCycle: async () => {},
    planDrafts: async () => ({
      promptVersion: 'a'.repeat(64),
      simulated: true,
      images,
      alreadyDrafted: 0,
      missing: images,
      chunks: Math.ceil(images / 50),
      worstCaseUsdPerCall: 0.01,
      budgetUsd: null,
    }),
    readImageList: async ({ key }) => {
      const chunk = Number(/(\d+)\.json$/.exec(key)?.[1])
      const size = Math.min(50, images - 50 * (chunk - 1))
      return { images: Array.from({ length: size }, (_, i) => String(chunk * 1000 + i).padStart(64, '0')) }
    },
    draftImage: async () => ({ status: 'ok', boxes: 2, usd: 0.001, tokens: 1500, paid: true }),
    submitDraftBatches: async () => ({ jobs: 1 }),
    lookAtDraftBatches: async () => ({ running: 0, ...drafted(images) }),
    endDraftBatches: async () => ({ running: 0, ...drafted(0) }),
    planFirstBatch: async () => ({ batch: 1, images, byKind: { 'held-out': 1, 'cold-start': images - 1 } }),
    prepareBoard: async () => ({ boardUrl: 'http://board.test/projects/1' }),
    postBatch: async () => ({ posted: images, alreadyThere: 0 }),
    collectReviews: async () => review(),
    buildDataset: async () => ({
      dataset: 'd'.repeat(64),
      images: 10,
      train: 8,
      val: 1,
      test: 1,
      boxes: 40,
      newSinceChampion: 8,
    }),
    planTraining: async () => ({
      trainKey: 'e'.repeat(64),
      model: null,
      epochs: 2,
      images: 8,
      description: 'tiny from scratch, 2 epochs on 8 images',
    }),
    trainStudent: async () => ({ model: 'f'.repeat(64), epochs: 2, seconds: 12, resumed: false }),
    registerModel: async ({ model }) => ({ model }),
    planPredictions: async ({ pool }) => ({
      manifest: (pool === 'held-out' ? '1' : '2').repeat(64),
      images: 4,
      shards: 2,
    }),
    predictShard: async () => ({ images: 2, boxes: 6 }),
    evaluateModel: async () => ({
      key: 'p/cycles/0001/evaluation.json',
      images: 4,
      studentF1: 0.8,
      teacherF1: 0.82,
      studentMap50: 0.75,
      studentMap: 0.5,
      threshold: 0.3,
    }),
    readChampion: async () => ({ model: null }),
    judgeChallenger: async ({ model }) => ({
      verdict: 'first',
      promoted: true,
      champion: model,
      words: 'first champion',
    }),
    findDisagreements: async () => ({
      key: 'p/cycles/0001/comparison.json',
      images: 4,
      imagesWithDisagreement: 2,
      byKind: { 'missed-by-teacher': 2, 'class-swap': 1 },
      rate: 0.5,
    }),
    planRoutedBatch: async () => ({ batch: 2, images: 2, byKind: { ranked: 2 } }),
    writeReport: async () => ({ key: 'p/cycles/0001/report.html' }),
    describeCycle: async () => ({ running: false, phase: null, mode: null, cycle: null, readyToGoOn: false }),
    finishWaitingReview: async () => ({ taken: false }),
    pauseNights: async () => ({ paused: false }),
  }
  const scripted: AllActivities = { ...healthy, ...overrides }
  const logged = Object.entries(scripted).map(([name, activity]) => [
    name,
    async (input: Record<string, unknown>) => {
      calls.push({ name, input })
      return (activity as (input: unknown) => Promise<unknown>)(input)
    },
  ])
  return {
    activities: Object.fromEntries(logged) as AllActivities,
    log: { calls, count: (name) => calls.filter((call) => call.name === name).length },
  }
}
