import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import type {
  CoreActivities,
  GeminiActivities,
  InferActivities,
  ReviewActivities,
  TrainActivities,
} from '../domain/contracts/activities.ts'
import { taskQueue } from '../domain/contracts/queues.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createBatchDrafter } from './adapters/gemini/batch-drafter.ts'
import { createDrafter } from './adapters/gemini/drafter.ts'
import { openTeacherFiles } from './adapters/gemini/files.ts'
import { createReviewBoard } from './adapters/label-studio/review-board.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { createDetector, type DetectorOptions } from './adapters/onnx/detector.ts'
import { decodeMask } from './adapters/sharp/decode-mask.ts'
import { scaleForTeacher } from './adapters/sharp/scale-for-teacher.ts'
import { thumbnailUri } from './adapters/sharp/thumbnail.ts'
import { createBatchDraftingActivities } from './batch-drafting/batch-drafting.ts'
import { createBatchActivities } from './planning-batches.ts'
import { planTraining } from './planning-training.ts'
import { createComparisonActivities } from './comparison.ts'
import { createCycleRecordActivities } from './cycles.ts'
import { createDatasetActivities } from './datasets.ts'
import { createDraftingActivities, keyMissing } from './drafting.ts'
import { withTypedFailures } from './errors/to-application-failure.ts'
import { createEvaluationActivities } from './evaluation.ts'
import { createGateActivities } from './gate.ts'
import { createNightActivities } from './pausing-nights.ts'
import { createPredictingActivities } from './predicting.ts'
import { createQueueRate } from './queue-rate.ts'
import { createReportActivities } from './reporting/write-report.ts'
import { createReviewingActivities } from './reviewing.ts'
import { createRunningCycleActivities } from './running-cycle.ts'
import { knownDownloads } from './base-weights.ts'
import { createTrainers } from './compose-trainers.ts'
import { createTeacherPace } from './teacher-pace.ts'
import { createTrainingActivities } from './training.ts'
import { sweepUploads } from './uploads/recorded-upload.ts'

export interface ComposedActivities {
  /** What each task queue's worker serves. */
  readonly groups: {
    readonly core: CoreActivities
    readonly gemini: GeminiActivities
    readonly review: ReviewActivities
    readonly train: TrainActivities
    readonly infer: InferActivities
  }
  close(): Promise<void>
}

/** The one place where adapters meet activities: everything a worker needs, from its settings. */
export async function composeActivities(
  settings: ConnectionSettings,
  {
    home,
    client,
    inference = {},
  }: {
    readonly home: string
    readonly client: () => Client
    readonly inference?: Pick<DetectorOptions, 'shape' | 'provider' | 'tuningFolder' | 'tell'>
  },
): Promise<ComposedActivities> {
  const datasetsFolder = join(home, 'datasets')
  const modelsFolder = join(home, 'models')
  await Promise.all([datasetsFolder, modelsFolder].map((folder) => mkdir(folder, { recursive: true })))

  const now = (): Date => new Date()
  const store = createObjectStore(settings.store)
  const board = createReviewBoard({ ...settings.board, store: settings.store })
  const detector = createDetector(inference)
  const trainers = createTrainers(settings.trainer)
  const weightsFolder = settings.trainer.weightsFolder ?? join(home, 'weights')
  const drafter = settings.teacher === null ? null : createDrafter(settings.teacher)
  const batches = settings.teacher === null ? null : createBatchDrafter(settings.teacher)
  const teacher = () => {
    if (drafter === null || batches === null) throw keyMissing()
    return { batches, identity: drafter.identity }
  }

  const setQueueRate = createQueueRate({ client, queue: taskQueue('gemini', settings.queuePrefix) })
  const pace = createTeacherPace({ store, now, setQueueRate })
  const files = settings.teacher === null ? null : openTeacherFiles(settings.teacher)
  const drafting = createDraftingActivities({
    store,
    drafter,
    files,
    scale: scaleForTeacher,
    decodeMask,
    now,
    pace,
  })
  const batchDrafting = createBatchDraftingActivities({
    store,
    scale: scaleForTeacher,
    decodeMask,
    now,
    teacher,
  })
  const predicting = createPredictingActivities({ store, detector, modelsFolder })
  const reviewing = createReviewingActivities({ store, board })
  const training = createTrainingActivities({
    store,
    trainers,
    datasetsFolder,
    now,
    sendProgress: async ({ workflowId, runId }, progress) =>
      client().workflow.getHandle(workflowId, runId).signal('trainingProgress', progress),
  })
  const core: CoreActivities = {
    ...createCycleRecordActivities({
      store,
      now,
      clear: (project) => sweepUploads({ store, files, now }, project, 0),
    }),
    ...createRunningCycleActivities({ store, client }),
    ...createNightActivities({ client }),
    planDrafts: (input) => drafting.planDrafts(input),
    readImageList: (input) => drafting.readImageList(input),
    ...createBatchActivities({ store }),
    ...createDatasetActivities({ store, now }),
    planTraining: (input) => planTraining({ store, weightsFolder, downloads: knownDownloads }, input),
    planPredictions: (input) => predicting.planPredictions(input),
    ...createEvaluationActivities({ store }),
    ...createGateActivities({ store, now }),
    ...createComparisonActivities({ store }),
    ...createReportActivities({ store, thumbnail: thumbnailUri }),
  }
  return {
    groups: {
      core: withTypedFailures(core),
      gemini: withTypedFailures<GeminiActivities>({
        draftImage: (input) => drafting.draftImage(input),
        ...batchDrafting,
      }),
      review: withTypedFailures(reviewing),
      train: withTypedFailures(training),
      infer: withTypedFailures<InferActivities>({
        registerModel: (input) => predicting.registerModel(input),
        predictShard: (input) => predicting.predictShard(input),
      }),
    },
    close: () => detector.close(),
  }
}
