import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { teacherEndpoints } from '../../domain/teacher-endpoints.ts'
import { StackError } from '../stack-error.ts'
import type { StackHome } from './home.ts'
import { Ports } from './ports/port-names.ts'
import { ProcessIdentity } from './process/process-identity.ts'
import { Programs } from './stack-plan.ts'
import { writeFileWhole } from './write-file-whole.ts'

export const serviceNames = ['temporal', 'minio', 'label-studio', 'simulator', 'worker'] as const
export type ServiceName = (typeof serviceNames)[number]

const moment = z.iso.datetime()

export const ServiceState = z.object({
  name: z.enum(serviceNames),
  /** `waiting`: for what it needs; `backing-off`: it ended by itself and is started again at `nextStartAt`. */
  state: z.enum(['waiting', 'starting', 'ready', 'backing-off', 'stopped']),
  process: ProcessIdentity.nullable(),
  startedAt: moment.nullable(),
  readyAt: moment.nullable(),
  /** Starts after a crash, since `up`. */
  restarts: z.int().min(0),
  lastExit: z.object({ code: z.int().nullable(), signal: z.string().nullable(), at: moment }).nullable(),
  nextStartAt: moment.nullable(),
  /** Why it is not ready, in words. */
  problem: z.string().nullable(),
})
export type ServiceState = z.infer<typeof ServiceState>

/** `stack.json`: what runs where. No secrets. Written by the supervisor while it lives, by `down` afterwards. */
export const StackState = z.object({
  version: z.literal(1),
  status: z.enum(['starting', 'up', 'stopping', 'down']),
  supervisor: ProcessIdentity.nullable(),
  startedAt: moment,
  ports: Ports,
  bucket: z.string(),
  programs: Programs,
  /** Of the installed programs, for people. */
  versions: z.record(z.string(), z.string()),
  requestsPerMinute: z.number().positive(),
  teacher: z
    .object({
      endpoint: z.enum(teacherEndpoints),
      baseUrl: z.string().nullable(),
      /** Name of the variable the key came from. */
      keySource: z.string(),
    })
    .nullable(),
  services: z.array(ServiceState),
})
export type StackState = z.infer<typeof StackState>

/** Null when there was never a stack in this home. Throws BadConfig when the file is damaged. */
export function readStackState(home: StackHome): StackState | null {
  let text: string
  try {
    text = readFileSync(home.stateFile, 'utf8')
  } catch {
    return null
  }
  try {
    return StackState.parse(JSON.parse(text))
  } catch (cause) {
    throw new StackError({
      code: 'BadConfig',
      what: `${home.stateFile} cannot be read.`,
      why: 'It should describe the running services and does not parse.',
      fix: 'Remove the file, end services that still run by hand, and run `understudy up`.',
      cause,
    })
  }
}

export function writeStackState(home: StackHome, state: StackState): void {
  writeFileWhole(home.stateFile, `${JSON.stringify(state, null, 2)}\n`)
}
