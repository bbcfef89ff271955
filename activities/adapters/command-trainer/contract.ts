import { z } from 'zod'
import type { Task } from '../../../domain/contracts/tasks.ts'

/** What `--job` names: one training, fully specified (docs/trainers.md). */
export interface CommandJob {
  readonly contract: 1
  readonly task: Task
  /** Absolute path of a folder with `data.yaml`, `images/{train,val}` and `labels/{train,val}` in YOLO's format. */
  readonly dataset: string
  /** Absolute path of what an earlier training left as `weights`; null: begin anew. */
  readonly weights: string | null
  readonly architecture: string
  readonly imageSize: number
  readonly epochs: number
  readonly batch: number
  readonly learningRate: number
  readonly seed: number
}

/** Files that the program leaves in `--out`. */
export const outputFiles = { model: 'model.onnx', weights: 'weights', reference: 'reference.json' } as const

const EpochLine = z.object({
  epoch: z.int().positive(),
  losses: z.record(z.string(), z.number()).default({}),
  map50: z.number().nullable().default(null),
  map: z.number().nullable().default(null),
})
const AboutLine = z.object({
  packages: z.record(z.string(), z.string()).default({}),
  device: z.string().default('unknown'),
  python: z.string().default('none'),
})
const RefusedLine = z.object({ refused: z.array(z.string()) })

export type EpochLine = z.infer<typeof EpochLine>
export type AboutLine = z.infer<typeof AboutLine>

/** What a program has told so far: every line of its log that is one JSON object; the rest is for people. */
export interface Told {
  /** In the order in which they were written, repeated ones included. */
  readonly epochs: readonly EpochLine[]
  readonly about: AboutLine | null
  /** Null: it has not said that it looked at all files. */
  readonly refused: readonly string[] | null
}

/** Reads a log. A line that is cut or of another shape is nobody's but a person's. */
export function readLines(log: string): Told {
  const epochs: EpochLine[] = []
  let about: AboutLine | null = null
  let refused: readonly string[] | null = null
  for (const line of log.split('\n')) {
    const value = parseObject(line.trim())
    if (value === null) continue
    const epoch = EpochLine.safeParse(value)
    if (epoch.success) epochs.push(epoch.data)
    if ('packages' in value) about = AboutLine.safeParse(value).data ?? about
    if ('refused' in value) refused = RefusedLine.safeParse(value).data?.refused ?? refused
  }
  return { epochs, about, refused }
}

function parseObject(line: string): object | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
