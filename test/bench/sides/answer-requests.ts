import { createInterface } from 'node:readline'
import type { BoxesByName, Round, SideTask } from './side-process.ts'

export interface SideProgram {
  readonly versions: string
  /** Reads and looks at every picture once. */
  look(): Promise<BoxesByName>
  close(): Promise<void>
}

/** The Node end of {@link startSide}: one JSON line in, one out, until standard input ends. */
export async function answerRequests(load: (task: SideTask) => Promise<SideProgram>): Promise<void> {
  let program: SideProgram | null = null
  const loaded = (): SideProgram => {
    if (program === null) throw new Error('Asked for a round before a model')
    return program
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as SideTask & { readonly do: string }
    if (request.do === 'load') program = await load(request)
    const answer =
      request.do === 'load'
        ? { versions: loaded().versions }
        : request.do === 'boxes'
          ? { boxes: await loaded().look() }
          : await measured(loaded())
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  await program?.close()
}

async function measured(program: SideProgram): Promise<Round> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const boxes = await program.look()
  const wallMs = performance.now() - wall
  const { user, system } = process.cpuUsage(cpu)
  const rows = Object.values(boxes)
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    images: rows.length,
    boxes: rows.reduce((sum, { length }) => sum + length, 0),
  }
}
