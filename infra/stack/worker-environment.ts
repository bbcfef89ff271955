import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { variablesOfTeacher } from '../../domain/schemas/teacher-settings.ts'

export interface WorkerExtras {
  readonly home: string
  readonly requestsPerMinute: number
  readonly readyFile?: string
}

/**
 * Settings as environment variables: the inverse of the `WorkerEnvironment` schema (domain/schemas). Holds secrets, the
 * Gemini key among them: give it to the worker's process and to nothing else.
 */
export function workerEnvironment(
  settings: ConnectionSettings,
  extras: WorkerExtras,
): Record<string, string> {
  const { temporal, store, board, trainer } = settings
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...(temporal.uiUrl === null ? {} : { UNDERSTUDY_TEMPORAL_UI_URL: temporal.uiUrl }),
    UNDERSTUDY_S3_ENDPOINT: store.endpoint,
    UNDERSTUDY_S3_BUCKET: store.bucket,
    UNDERSTUDY_S3_REGION: store.region,
    UNDERSTUDY_S3_ACCESS_KEY: store.accessKey,
    UNDERSTUDY_S3_SECRET_KEY: store.secretKey,
    UNDERSTUDY_LABEL_STUDIO_URL: board.url,
    UNDERSTUDY_LABEL_STUDIO_TOKEN: board.token,
    UNDERSTUDY_TRAINER_PROGRAM: trainer.program,
    UNDERSTUDY_RUNS_FOLDER: trainer.runsFolder,
    ...(trainer.command === null ? {} : { UNDERSTUDY_TRAINER_COMMAND: trainer.command }),
    ...(trainer.weightsFolder === null ? {} : { UNDERSTUDY_WEIGHTS_FOLDER: trainer.weightsFolder }),
    ...(trainer.slotFolder === null ? {} : { UNDERSTUDY_TRAINING_SLOT: trainer.slotFolder }),
    UNDERSTUDY_QUEUE_PREFIX: settings.queuePrefix,
    ...teacherEnvironment(settings.teacher),
    UNDERSTUDY_GEMINI_RPM: String(extras.requestsPerMinute),
    UNDERSTUDY_HOME: extras.home,
    ...(extras.readyFile === undefined ? {} : { UNDERSTUDY_READY_FILE: extras.readyFile }),
  }
}

function teacherEnvironment(teacher: ConnectionSettings['teacher']): Record<string, string> {
  if (teacher === null) return {}
  return { UNDERSTUDY_TEACHER: teacher.endpoint, ...variablesOfTeacher(teacher) }
}
