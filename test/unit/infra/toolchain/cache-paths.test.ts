import { describe, expect, it } from 'vitest'

import {
  cacheFolderOf,
  goProgramEntry,
  pythonEnvironmentEntry,
} from '../../../../infra/toolchain/cache-paths.ts'

describe('cacheFolderOf', () => {
  it.each([
    ['the setting wins', { UNDERSTUDY_CACHE: '/big/disk', XDG_CACHE_HOME: '/x' }, 'linux', '/big/disk'],
    ['XDG on Linux', { XDG_CACHE_HOME: '/x' }, 'linux', '/x/understudy'],
    [
      'a relative setting is ignored',
      { UNDERSTUDY_CACHE: 'here', XDG_CACHE_HOME: '../x' },
      'linux',
      '/home/ada/.cache/understudy',
    ],
    ['home on Linux', {}, 'linux', '/home/ada/.cache/understudy'],
    [
      'the platform’s place on macOS',
      { XDG_CACHE_HOME: '/x' },
      'darwin',
      '/home/ada/Library/Caches/understudy',
    ],
  ] as const)('%s', (_, environment, platform, expected) => {
    expect(cacheFolderOf(environment, platform, '/home/ada')).toBe(expected)
  })
})

describe('entries of the cache', () => {
  it('are keyed by version and platform', () => {
    const entry = goProgramEntry('/cache', 'temporal')
    expect(entry.folder).toBe(`/cache/temporal/1.5.1-${process.platform}-${process.arch}`)
    expect(entry.program).toBe(`${entry.folder}/temporal`)
  })

  it('of Python are keyed by what their locks hold, too', async () => {
    const entry = await pythonEnvironmentEntry('/cache', 'trainer')
    expect(entry.folder).toMatch(/^\/cache\/trainer\/8\.4\.190-[0-9a-f]{8}-/)
    expect(entry.program).toBe(`${entry.folder}/bin/yolo`)
  })
})
