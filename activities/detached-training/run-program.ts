import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { countOomKills, ranOutOfMemory, type Ended } from './out-of-memory.ts'
import { batchOf, runPaths, writeWhole, type Exit, type RunSpec } from './run-folder.ts'

/** One attempt at a training, as the detached process sees it. */
export interface DetachedRun {
  readonly folder: string
  readonly spec: RunSpec
  readonly attempt: number
  /** True once this process was told to end: its trainer was, too. */
  readonly isStopping: () => boolean
}

export interface ProgramEnd extends Ended {
  readonly outOfMemory: boolean
}

const tickMilliseconds = 200

/**
 * Runs the trainer's program to its end, in the dataset's folder. Output goes to the attempt's log file: a pipe would die
 * with its reader and take the trainer along.
 * @param onTick called about five times a second while it runs; true ends the program as one that lacks memory
 */
export async function runProgram(
  { folder, spec, attempt }: DetachedRun,
  parameters: readonly string[],
  onTick: () => Promise<boolean> = async () => false,
): Promise<ProgramEnd> {
  const path = runPaths(folder).log(attempt)
  const log = openSync(path, 'a')
  const from = statSync(path).size
  const before = await countOomKills()
  const child = spawn(spec.program, parameters, {
    cwd: spec.datasetFolder,
    stdio: ['ignore', log, log],
    env: process.env,
  })
  closeSync(log)
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      appendFileSync(path, `${error.message}\n`)
      resolve({ code: 127, signal: null })
    })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  let toldToEnd = false
  for (;;) {
    const end = await Promise.race([ended, wait(tickMilliseconds, null)])
    if (end !== null) {
      const oomKills = { before, after: await countOomKills() }
      return { ...end, outOfMemory: toldToEnd || ranOutOfMemory(end, await textFrom(path, from), oomKills) }
    }
    if (!toldToEnd && (await onTick())) {
      toldToEnd = true
      child.kill('SIGKILL')
    }
  }
}

async function textFrom(path: string, from: number): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Trains with the planned batch, and once more with half of it when memory runs out. The half is written down: an attempt
 * that goes on later begins with it. The trainer still steps its weights once a planned batch (gradients are summed up).
 */
export async function halvingBatch(
  run: DetachedRun,
  train: (batch: number) => Promise<ProgramEnd>,
): Promise<ProgramEnd> {
  const { folder, spec, attempt } = run
  const batch = await batchOf(folder, spec)
  const end = await train(batch)
  const half = Math.floor(spec.arguments.batch / 2)
  if (!end.outOfMemory || run.isStopping() || batch <= half || half === 0) return end
  await writeWhole(runPaths(folder).halved, String(half))
  appendFileSync(
    runPaths(folder).log(attempt),
    `understudy: batch ${batch} does not fit into memory; goes on with ${half}\n`,
  )
  return train(half)
}

/** How an attempt ended whose last program ended so. */
export function exitOf(
  run: DetachedRun,
  stage: Exit['stage'],
  { code, signal, outOfMemory }: ProgramEnd,
): Omit<Exit, 'at'> {
  const outcome = ((): Exit['outcome'] => {
    if (code === 0) return 'finished'
    if (run.isStopping()) return 'stopped'
    if (outOfMemory) return 'out-of-memory'
    return signal === null ? 'failed' : 'killed'
  })()
  return { outcome, stage, code, signal }
}
