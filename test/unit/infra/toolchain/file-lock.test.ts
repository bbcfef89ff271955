import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { withFileLock } from '../../../../infra/toolchain/file-lock.ts'

const child = join(import.meta.dirname, 'programs', 'hold-lock.ts')
let folder = ''
let path = ''
let counter = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-lock-'))
  path = join(folder, 'tool.lock')
  counter = join(folder, 'counter')
  writeFileSync(counter, '0')
})
afterEach(() => rm(folder, { recursive: true }))

const run = (mode: string) => execa(process.execPath, [child, path, counter, mode], { reject: false })
const take = (onWait = () => undefined as void) =>
  withFileLock({ path, signal: AbortSignal.timeout(15_000), onWait }, async () => 'mine')

/** A child that holds the lock and will not let go. */
async function holder() {
  const process = run('hold')
  await once(process.stdout, 'data')
  return { process, pid: process.pid }
}

describe('withFileLock', () => {
  it('lets one process in at a time', async () => {
    const children = await Promise.all([1, 2, 3, 4].map(() => run('release')))
    expect(children.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
    expect(readFileSync(counter, 'utf8')).toBe('4')
    expect(readdirSync(folder)).toEqual(['counter'])
  })

  it('waits for a living holder and says who it is', async () => {
    const holding = await holder()
    const onWait = vi.fn<() => void>()
    const taking = take(onWait)
    await vi.waitFor(() =>
      expect(onWait).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ pid: holding.pid })),
    )
    holding.process.kill('SIGKILL')
    await holding.process
    await expect(taking).resolves.toBe('mine')
  })

  it('takes over from a killed holder, and of several takers still only one at a time', async () => {
    const holding = await holder()
    holding.process.kill('SIGKILL')
    await holding.process
    expect(readdirSync(folder)).toContain('tool.lock')
    await Promise.all([1, 2, 3].map(() => run('release')))
    expect(readFileSync(counter, 'utf8')).toBe('4')
    expect(readdirSync(folder)).toEqual(['counter'])
  })

  it('takes over a lock whose process number was given to another process', async () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'long ago', token: 'x' }))
    await expect(take()).resolves.toBe('mine')
  })

  it('takes over a lock file that a full disk left empty', async () => {
    writeFileSync(path, '')
    await expect(take()).resolves.toBe('mine')
  })

  it('stops waiting when interrupted and leaves the lock to its holder', async () => {
    const holding = await holder()
    const before = readFileSync(path, 'utf8')
    const interruption = new AbortController()
    const work = vi.fn<() => Promise<void>>()
    const taking = withFileLock(
      { path, signal: interruption.signal, onWait: () => interruption.abort() },
      work,
    )
    await expect(taking).rejects.toThrow(/abort/i)
    expect(work).not.toHaveBeenCalled()
    expect(readFileSync(path, 'utf8')).toBe(before)
    holding.process.kill('SIGKILL')
    await holding.process
  })

  it('lets go when the work fails', async () => {
    const failing = withFileLock(
      { path, signal: AbortSignal.timeout(5_000), onWait: () => undefined },
      async () => {
        throw new Error('no')
      },
    )
    await expect(failing).rejects.toThrow('no')
    expect(readdirSync(folder)).toEqual(['counter'])
  })
})
