import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { TeacherSettings } from '../../domain/schemas/teacher-settings.ts'
import { Ports } from './ports/port-names.ts'

/** Who drafts. Holds the key: it travels over a pipe or the control connection, never through a file or an argument. */
export const TeacherChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('simulated'), truth: z.array(z.string()) }),
  z.object({ kind: z.literal('real'), teacher: TeacherSettings }),
])
export type TeacherChoice = z.infer<typeof TeacherChoice>

/** Absolute paths of the installed programs. */
export const Programs = z.object({
  temporal: z.string(),
  minio: z.string(),
  labelStudio: z.string(),
  /** A migrated, empty database, copied into a new data folder. */
  labelStudioSeed: z.string(),
  trainer: z.string(),
})
export type Programs = z.infer<typeof Programs>

/** Everything the supervisor is told, once, on its standard input. */
export const StackPlan = z.object({
  home: z.string(),
  ports: Ports,
  programs: Programs,
  versions: z.record(z.string(), z.string()),
  bucket: z.string().min(3),
  teacher: TeacherChoice,
  requestsPerMinute: z.number().positive(),
  /** False: no worker (tests bring their own). */
  worker: z.boolean(),
  /** Variables of the user that take the place of the local ones in the worker, as they do for commands. */
  overrides: z.record(z.string(), z.string()),
})
export type StackPlan = z.infer<typeof StackPlan>

/** What of a plan can change while the services run: only the worker and the simulator start anew. Null: as it is. */
export const WorkerWishes = z.object({
  teacher: TeacherChoice.nullable(),
  requestsPerMinute: z.number().positive().nullable(),
  overrides: z.record(z.string(), z.string()),
})
export type WorkerWishes = z.infer<typeof WorkerWishes>

/** A file of this project, from wherever it was started. */
export const programFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Labels of the demo's photographs: what the simulated teacher knows when nobody says otherwise. */
export const demoTruth = programFile('demo/blood-cells/labels.coco.json')
