import { spawn } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'
import type { Round, Side } from './sides/side-process.ts'

export type SideName = 'ours' | 'raw' | 'onnx' | 'torch'
export type Sides = ReadonlyMap<SideName, Side>
export type Rounds = ReadonlyMap<SideName, readonly Round[]>

export const say = (text: string): void => void process.stderr.write(`${text}\n`)
export const load = (): string =>
  `load ${loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')}`

/** The order turns from round to round, so that no side always comes after the same other; the first pass warms up. */
export async function interleaved(sides: Sides, rounds: number, title: string): Promise<Rounds> {
  const names = [...sides.keys()]
  const results = new Map<SideName, Round[]>(names.map((name) => [name, []]))
  for (const side of sides.values()) await side.round()
  for (let round = 0; round < rounds; round += 1) {
    const told: string[] = []
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(place + round) % names.length]
      const measured = name === undefined ? undefined : await sides.get(name)?.round()
      if (name === undefined || measured === undefined) continue
      results.get(name)?.push(measured)
      told.push(`${name} ${anImage(measured)}`)
    }
    say(`  ${title} ${round + 1}/${rounds}, ${load()}, ms an image (of which CPU): ${told.join(', ')}`)
  }
  return results
}

function anImage({ wallMs, cpuMs, images }: Round): string {
  return `${(wallMs / images).toFixed(1)} (${(cpuMs / images).toFixed(1)})`
}

/** A thread a core, as a training or a build that has the machine to itself would have. */
const busyProgram = `
  const { Worker } = require('node:worker_threads')
  for (let core = 1; core < ${availableParallelism()}; core += 1) new Worker('for (;;);', { eval: true })
  for (;;);
`

/** Another process keeps every core busy meanwhile. */
export async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const busy = spawn(process.execPath, ['-e', busyProgram], { stdio: 'ignore' })
  try {
    return await work()
  } finally {
    busy.kill('SIGKILL')
  }
}
