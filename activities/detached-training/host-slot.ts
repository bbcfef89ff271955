import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { groupIsAlive, identifyProcess, isAlive } from './process-identity.ts'

/** Who trains on this host. */
const Holder = z.object({ pid: z.int().positive(), startedAt: z.string(), run: z.string() })
export type Holder = z.infer<typeof Holder>

const nameOf = (number: number): string => `holder-${number}.json`

async function numbersIn(folder: string): Promise<number[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return (await readdir(folder))
    .flatMap((name) => /^holder-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

async function readHolder(folder: string, number: number): Promise<Holder | null> {
  try {
    return Holder.parse(JSON.parse(await readFile(join(folder, nameOf(number)), 'utf8')))
  } catch {
    return null
  }
}

/** The training that has this host now, of whichever worker and project; null when the host is free. */
export async function holderOf(folder: string): Promise<Holder | null> {
  const latest = (await numbersIn(folder)).at(-1)
  const holder = latest === undefined ? null : await readHolder(folder, latest)
  return holder !== null && (await groupIsAlive(holder)) ? holder : null
}

/**
 * Takes the host for this process until it ends: nothing has to be given back, a dead holder is nobody. Numbered files that
 * appear whole (hard links): a stale one is out-numbered before it is removed, so nobody loses a fresh one by mistake.
 * @returns false when another living process has it, or was quicker
 */
export async function claimHost(folder: string, run: string): Promise<boolean> {
  const before = await numbersIn(folder)
  const latest = before.at(-1) ?? 0
  const holder = latest === 0 ? null : await readHolder(folder, latest)
  if (holder?.pid === process.pid && (await isAlive(holder))) return true
  // What is left of this same run is ended by its next attempt, once it has the host.
  const blocks = holder !== null && (holder.run === run ? isAlive(holder) : groupIsAlive(holder))
  if (await blocks) return false
  const self = await identifyProcess(process.pid)
  if (self === null) throw new Error(`Process ${process.pid} cannot find itself.`)
  const own = join(folder, nameOf(latest + 1))
  const partial = join(folder, `${process.pid}.part`)
  await writeFile(partial, JSON.stringify({ ...self, run } satisfies Holder))
  try {
    await link(partial, own)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(partial, { force: true })
  }
  // Somebody may have claimed and cleaned up between our look and our link.
  if ((await numbersIn(folder)).at(-1) !== latest + 1) {
    await rm(own, { force: true })
    return false
  }
  await Promise.all(before.map((number) => rm(join(folder, nameOf(number)), { force: true })))
  return true
}
