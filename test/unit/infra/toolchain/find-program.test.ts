import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { findProgram } from '../../../../infra/toolchain/find-program.ts'
import { findToolchain } from '../../../../infra/toolchain/find-toolchain.ts'
import { acceptedTemporal } from '../../../../infra/toolchain/versions.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-program-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Puts a `temporal` into a folder of its own and answers that folder. */
function temporal(name: string, script: string, mode = 0o755): string {
  const bin = join(folder, name)
  mkdirSync(bin)
  writeFileSync(join(bin, 'temporal'), `#!/bin/sh\n${script}\n`, { mode })
  return bin
}

const find = (...path: string[]) =>
  findProgram('temporal', ['--version'], acceptedTemporal, { PATH: path.join(':') })
const recent = 'echo "temporal version 1.6.0 (Server 1.30.0)"'

describe('findProgram', () => {
  it('passes over what refuses to run, is too old, or cannot be executed', async () => {
    const shim = temporal('shim', 'echo "temporal: command not found" >&2; exit 127')
    const old = temporal('old', 'echo "temporal version 1.4.0 (Server 1.28.0)"')
    const plain = temporal('plain', recent, 0o644)
    const good = temporal('good', recent)
    expect(await find(shim, old, plain, good)).toEqual({ program: join(good, 'temporal'), answer: '1.6.0' })
  })

  it('never runs a program from a relative entry of PATH', async () => {
    temporal('bin', recent)
    expect(await find('bin', '.', '')).toBeUndefined()
  })
})

describe('findToolchain', () => {
  it('finds on PATH and says what is missing and why, in the order of the tools', async () => {
    const environment = { PATH: temporal('good', recent), UNDERSTUDY_TRAINER: join(folder, 'absent', 'yolo') }
    const findings = await findToolchain({ cacheFolder: join(folder, 'cache'), environment })
    expect(findings).toEqual([
      {
        tool: 'temporal',
        state: 'found',
        where: 'path',
        program: join(folder, 'good', 'temporal'),
        version: '1.6.0',
      },
      expect.objectContaining({ tool: 'minio', state: 'missing' }),
      expect.objectContaining({ tool: 'labelStudio', state: 'missing', version: '1.23.2' }),
      expect.objectContaining({ tool: 'labelStudioSeed', state: 'missing' }),
      expect.objectContaining({
        tool: 'trainer',
        state: 'missing',
        reason: expect.stringContaining('UNDERSTUDY_TRAINER'),
      }),
    ])
  })
})
