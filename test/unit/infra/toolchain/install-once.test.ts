import { once } from 'node:events'
import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { identify } from '../../../../infra/stack/process/process-identity.ts'
import { installOnce, isInstalled } from '../../../../infra/toolchain/install-once.ts'

import type { InstallSite } from '../../../../infra/toolchain/install-once.ts'

let cacheFolder = ''
let folder = ''

beforeEach(() => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'install-once-'))
  folder = join(cacheFolder, 'tool', '1.0.0')
})
afterEach(() => rm(cacheFolder, { recursive: true }))

const entry = () => ({ tool: 'tool', version: '1.0.0', folder, program: join(folder, 'tool') })
const context = (signal = new AbortController().signal) => ({
  cacheFolder,
  environment: process.env,
  onProgress: () => undefined,
  signal,
})
const writeProgram = async (site: InstallSite) => {
  writeFileSync(join(site.scratch, 'download'), '')
  writeFileSync(join(site.folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
}

/** A real process in the middle of an install; answers the numbers of the programs it started. */
async function installing() {
  const script = join(import.meta.dirname, 'programs', 'slow-install.ts')
  const child = execa(process.execPath, [script, cacheFolder], { reject: false })
  const [line] = await once(child.stdout, 'data')
  return { process: child, started: String(line).trim().split(' ').map(Number) }
}

describe('installOnce', () => {
  it('installs once and then finds it', async () => {
    const install = vi.fn(writeProgram)
    expect(await installOnce(entry(), context(), install)).toBe(join(folder, 'tool'))
    expect(await installOnce(entry(), context(), install)).toBe(join(folder, 'tool'))
    expect(install).toHaveBeenCalledTimes(1)
    expect(readdirSync(folder).sort()).toEqual(['complete.json', 'tool'])
  })

  it('does not count a folder without marker and removes what lies in it', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'tool'), '', { mode: 0o755 })
    writeFileSync(join(folder, 'half-a-download'), '')
    expect(await isInstalled(entry())).toBe(false)
    await installOnce(entry(), context(), writeProgram)
    expect(readdirSync(folder).sort()).toEqual(['complete.json', 'tool'])
  })

  it('does not count a marked folder whose program is gone', async () => {
    await installOnce(entry(), context(), writeProgram)
    rmSync(join(folder, 'tool'))
    expect(await isInstalled(entry())).toBe(false)
    await installOnce(entry(), context(), writeProgram)
    expect(await isInstalled(entry())).toBe(true)
  })

  it('does not count a folder whose marker is cut', async () => {
    await installOnce(entry(), context(), writeProgram)
    writeFileSync(join(folder, 'complete.json'), '{"tool": "to')
    expect(await isInstalled(entry())).toBe(false)
  })

  it('removes what a failed install left, and lets the next one try', async () => {
    const failing = installOnce(entry(), context(), async (site) => {
      await writeProgram(site)
      throw new Error('the disk is full')
    })
    await expect(failing).rejects.toThrow('the disk is full')
    expect(existsSync(folder)).toBe(false)
    await installOnce(entry(), context(), writeProgram)
    expect(await isInstalled(entry())).toBe(true)
  })

  it('installs one time when two callers ask at once', async () => {
    const install = vi.fn(writeProgram)
    await Promise.all([installOnce(entry(), context(), install), installOnce(entry(), context(), install)])
    expect(install).toHaveBeenCalledTimes(1)
  })

  it('ends what a killed install left running and installs anew', async () => {
    const child = await installing()
    child.process.kill('SIGKILL')
    await child.process
    expect(child.started.map((pid) => identify(pid) !== null)).toEqual([true, true])
    expect(await isInstalled(entry())).toBe(false)
    await installOnce(entry(), context(), writeProgram)
    expect(await isInstalled(entry())).toBe(true)
    expect(child.started.map((pid) => identify(pid))).toEqual([null, null])
    expect(readdirSync(folder).sort()).toEqual(['complete.json', 'tool'])
  })

  it('leaves nothing behind when interrupted, processes included', async () => {
    const child = await installing()
    child.process.kill('SIGTERM')
    const { stderr } = await child.process
    expect(stderr).toContain('The installation was interrupted.')
    expect(child.started.map((pid) => identify(pid))).toEqual([null, null])
    expect(existsSync(folder)).toBe(false)
    expect(readdirSync(join(cacheFolder, 'locks'))).toEqual([])
  })
})
