import { z } from 'zod'
import { TeacherSettings } from './teacher-settings.ts'

/**
 * How a process of ours reaches the others. `up` generates it for the local stack; a worker elsewhere gets it from its
 * environment. Secrets live here and nowhere else: never put a value of this type into a workflow, a log or an error.
 */
export const ConnectionSettings = z.object({
  temporal: z.object({
    address: z.string(),
    namespace: z.string().default('default'),
    uiUrl: z.string().nullable(),
  }),
  store: z.object({
    endpoint: z.url(),
    bucket: z.string().min(3),
    region: z.string().default('us-east-1'),
    accessKey: z.string().min(1),
    secretKey: z.string().min(1),
  }),
  board: z.object({ url: z.url(), token: z.string().min(1) }),
  /** Null: no key and no simulator; commands that need the teacher say so. */
  teacher: TeacherSettings.nullable(),
  trainer: z.object({
    /** Path of the `yolo` program of the trainer's own environment. */
    program: z.string(),
    runsFolder: z.string(),
    /** Another trainer's program (docs/trainers.md); null: none. */
    command: z.string().nullable(),
    /** Base weights; null: among what the worker keeps. */
    weightsFolder: z.string().nullable(),
    /** Workers that share it train one after the other; null: all of this host and user. */
    slotFolder: z.string().nullable(),
  }),
  queuePrefix: z.string().default(''),
})
export type ConnectionSettings = z.infer<typeof ConnectionSettings>
