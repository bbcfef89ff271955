import { z } from 'zod'
import type { ConnectionSettings } from './connection-settings.ts'
import { teacherEndpoints } from '../teacher-endpoints.ts'
import { lacksVertexAccess, teacherOfVariables, teacherVariables } from './teacher-settings.ts'
import { inferenceVariables } from './inference-environment.ts'

const text = z.string().trim().min(1)
const optionalText = text.optional()

/**
 * The variables by which a process learns how to reach the rest. `infra/stack/worker-environment.ts` writes them for
 * the local worker; on another host the operator does (docs/cli.md). Variables that are not listed are not looked at.
 */
export const workerVariables = z.object({
  TEMPORAL_ADDRESS: text,
  TEMPORAL_NAMESPACE: text.default('default'),
  UNDERSTUDY_TEMPORAL_UI_URL: z.url().optional(),
  UNDERSTUDY_S3_ENDPOINT: z.url(),
  UNDERSTUDY_S3_BUCKET: z.string().min(3),
  UNDERSTUDY_S3_REGION: text.default('us-east-1'),
  UNDERSTUDY_S3_ACCESS_KEY: text,
  UNDERSTUDY_S3_SECRET_KEY: text,
  UNDERSTUDY_LABEL_STUDIO_URL: z.url(),
  UNDERSTUDY_LABEL_STUDIO_TOKEN: text,
  UNDERSTUDY_TRAINER_PROGRAM: text,
  UNDERSTUDY_RUNS_FOLDER: text,
  /** A program that keeps docs/trainers.md, for projects with `student.trainer: command`. */
  UNDERSTUDY_TRAINER_COMMAND: optionalText,
  /** Where base weights are looked for and kept. */
  UNDERSTUDY_WEIGHTS_FOLDER: optionalText,
  /** Workers with the same folder train one after the other; left out: all of this host and user. */
  UNDERSTUDY_TRAINING_SLOT: optionalText,
  UNDERSTUDY_QUEUE_PREFIX: z.string().default(''),
  /** `simulated`: GOOGLE_GEMINI_BASE_URL is the simulator, and a key, should there be one, is not used. */
  UNDERSTUDY_TEACHER: z.enum(teacherEndpoints).optional(),
  ...teacherVariables.shape,
  /** Calls a minute that the key allows; the whole task queue's limit. */
  UNDERSTUDY_GEMINI_RPM: z.coerce.number().positive().default(60),
  UNDERSTUDY_HOME: text,
  /** Where what was measured of this machine is kept; UNDERSTUDY_HOME when left out. */
  UNDERSTUDY_CACHE: optionalText,
  ...inferenceVariables.shape,
  /** Where the worker writes `{"ready":true,"pid":…}` once it polls; only a supervised worker has it. */
  UNDERSTUDY_READY_FILE: optionalText,
})
type WorkerVariables = z.infer<typeof workerVariables>

/**
 * Environment to settings. Parse with `safeParse`: every missing or malformed variable is one issue, whose path is the
 * variable's name. Empty variables count as absent.
 */
export const WorkerEnvironment = z
  .preprocess(withoutEmpty, workerVariables)
  .superRefine((variables, context) => {
    const isSimulated = variables.UNDERSTUDY_TEACHER === 'simulated'
    if (!isSimulated && lacksVertexAccess(variables)) {
      context.addIssue({
        code: 'custom',
        path: ['GOOGLE_CLOUD_PROJECT'],
        message: 'must be set (or GOOGLE_API_KEY, for express mode) when GOOGLE_GENAI_USE_VERTEXAI is true',
      })
    }
    if (!isSimulated || variables.GOOGLE_GEMINI_BASE_URL !== undefined) return
    context.addIssue({
      code: 'custom',
      path: ['GOOGLE_GEMINI_BASE_URL'],
      message: "must be the simulator's address when UNDERSTUDY_TEACHER is simulated",
    })
  })
  .transform((variables) => ({
    settings: connectionOf(variables),
    requestsPerMinute: variables.UNDERSTUDY_GEMINI_RPM,
    home: variables.UNDERSTUDY_HOME,
    inference: {
      shape: variables.UNDERSTUDY_INFER_POOL,
      provider: variables.UNDERSTUDY_INFER_PROVIDER,
      tuningFolder: `${variables.UNDERSTUDY_CACHE ?? variables.UNDERSTUDY_HOME}/inference`,
    },
    readyFile: variables.UNDERSTUDY_READY_FILE ?? null,
  }))
export type WorkerEnvironment = z.infer<typeof WorkerEnvironment>

/** Placeholder the SDK insists on; the simulator takes any. */
export const simulatedKey = 'simulated'

function withoutEmpty(environment: unknown): unknown {
  const parsed = z.record(z.string(), z.string().optional()).safeParse(environment)
  if (!parsed.success) return environment
  return Object.fromEntries(
    Object.entries(parsed.data).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
}

function connectionOf(variables: WorkerVariables): ConnectionSettings {
  return {
    temporal: {
      address: variables.TEMPORAL_ADDRESS,
      namespace: variables.TEMPORAL_NAMESPACE,
      uiUrl: variables.UNDERSTUDY_TEMPORAL_UI_URL ?? null,
    },
    store: {
      endpoint: variables.UNDERSTUDY_S3_ENDPOINT,
      bucket: variables.UNDERSTUDY_S3_BUCKET,
      region: variables.UNDERSTUDY_S3_REGION,
      accessKey: variables.UNDERSTUDY_S3_ACCESS_KEY,
      secretKey: variables.UNDERSTUDY_S3_SECRET_KEY,
    },
    board: { url: variables.UNDERSTUDY_LABEL_STUDIO_URL, token: variables.UNDERSTUDY_LABEL_STUDIO_TOKEN },
    teacher: teacherOf(variables),
    trainer: {
      program: variables.UNDERSTUDY_TRAINER_PROGRAM,
      runsFolder: variables.UNDERSTUDY_RUNS_FOLDER,
      command: variables.UNDERSTUDY_TRAINER_COMMAND ?? null,
      weightsFolder: variables.UNDERSTUDY_WEIGHTS_FOLDER ?? null,
      slotFolder: variables.UNDERSTUDY_TRAINING_SLOT ?? null,
    },
    queuePrefix: variables.UNDERSTUDY_QUEUE_PREFIX,
  }
}

function teacherOf(variables: WorkerVariables): ConnectionSettings['teacher'] {
  if (variables.UNDERSTUDY_TEACHER !== 'simulated') return teacherOfVariables(variables)
  const baseUrl = variables.GOOGLE_GEMINI_BASE_URL ?? null
  return { endpoint: 'simulated', baseUrl, apiKey: simulatedKey, keySource: 'simulator' }
}
