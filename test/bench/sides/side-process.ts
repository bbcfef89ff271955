import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'

/** What a side is told once, before its rounds. */
export interface SideTask {
  readonly model: string
  /** Folder of the pictures: each round reads every file in it. */
  readonly folder: string
  readonly imageSize: number
  readonly confidence: number
  readonly iou: number
  readonly maxDetections: number
}

/** One pass over all pictures, from the files to the boxes. */
export const Round = z.object({
  wallMs: z.number(),
  /** User and system time of the whole process, all its threads. */
  cpuMs: z.number(),
  /** Largest resident set of the process so far. */
  peakMb: z.number(),
  images: z.number(),
  boxes: z.number(),
})
export type Round = z.infer<typeof Round>

/** By file name, best first: class index, score, x1, y1, x2, y2. */
export type BoxesByName = Record<string, number[][]>

export interface Side {
  /** Resolves to the versions that the side runs on. */
  load(task: SideTask): Promise<string>
  round(): Promise<Round>
  boxes(): Promise<BoxesByName>
  end(): Promise<void>
}

/** Starts a program that answers one JSON line for each it is sent; it ends when its standard input does. */
export function startSide(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Side {
  const child = spawn(program, args, { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.stdin.on('error', () => {})

  const ask = async (request: Readonly<Record<string, unknown>>): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { done, value } = await answers.next()
    if (done === true) throw new Error(`${args.join(' ')} ended (${String(await ended)}): ${complaint}`)
    return JSON.parse(value)
  }
  return {
    load: async (task) =>
      z.object({ versions: z.string() }).parse(await ask({ do: 'load', ...task })).versions,
    round: async () => Round.parse(await ask({ do: 'round' })),
    boxes: async () =>
      z
        .object({ boxes: z.record(z.string(), z.array(z.array(z.number()))) })
        .parse(await ask({ do: 'boxes' })).boxes,
    end: async () => {
      child.stdin.end()
      await ended
    },
  }
}
