import { describe, expect, it } from 'vitest'

import {
  acceptedGo,
  acceptedMinio,
  acceptedTemporal,
  isAtLeast,
  parseVersion,
} from '../../../../infra/toolchain/versions.ts'

describe('parseVersion', () => {
  it.each([
    ['go version go1.26.8 linux/amd64', [1, 26, 8]],
    ['go version go1.21 darwin/arm64', [1, 21]],
    ['temporal version 1.10.0 (Server 1.31.2)', [1, 10, 0]],
    ['no number in here', undefined],
    ['a single 7 is none', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected)
  })
})

describe('isAtLeast', () => {
  it.each([
    ['the same', [1, 21], [1, 21], true],
    ['a missing part counts as zero', [1, 21], [1, 21, 0], true],
    ['a two-digit part is compared as a number', [1, 10, 0], [1, 5, 1], true],
    ['an older patch', [1, 5, 0], [1, 5, 1], false],
    ['a newer major with an older minor', [2, 0], [1, 99], true],
    ['an older major with a newer minor', [0, 99], [1, 0], false],
  ])('%s', (_, found, oldest, expected) => {
    expect(isAtLeast(found, oldest)).toBe(expected)
  })
})

describe('what a program on PATH answers', () => {
  it.each([
    ['a released Temporal', 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', '1.5.1'],
    ['a newer Temporal', 'temporal version 1.10.0 (Server 1.31.2, UI 2.50.0)', '1.10.0'],
    ['a Temporal that is too old', 'temporal version 1.4.0 (Server 1.28.0, UI 2.40.0)', undefined],
    [
      'a Temporal built from source with a recent server',
      'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)',
      'development build with server 1.29.1',
    ],
    [
      'a Temporal built from source with an old server',
      'temporal version 0.0.0-DEV (Server 1.27.0, UI 2.3.0)',
      undefined,
    ],
    ['another program of that name', 'temporal: GNU calendar tool 9.9.9', undefined],
  ])('%s', (_, output, expected) => {
    expect(acceptedTemporal(output)).toBe(expected)
  })

  it.each([
    [
      'a released MinIO',
      'minio version RELEASE.2025-09-07T16-13-09Z (commit-id=07c3a429)',
      'RELEASE.2025-09-07T16-13-09Z',
    ],
    [
      'a MinIO built from source',
      'minio version DEVELOPMENT.GOGET (commit-id=DEVELOPMENT.GOGET)\nRuntime: go1.26.8 linux/amd64',
      'DEVELOPMENT.GOGET',
    ],
    ['something else', 'usage: minio [file]', undefined],
  ])('%s', (_, output, expected) => {
    expect(acceptedMinio(output)).toBe(expected)
  })

  it.each([
    ['a Go that is too old', 'go version go1.20.14 linux/amd64', undefined],
    [
      'a Go that must fetch a newer one',
      'go version go1.21.0 linux/amd64',
      { version: '1.21.0', fetchesNewer: true },
    ],
    [
      'a Go that is new enough',
      'go version go1.25.0 linux/arm64',
      { version: '1.25.0', fetchesNewer: false },
    ],
    ['the board game', 'GNU Go 3.8', undefined],
  ])('%s', (_, output, expected) => {
    expect(acceptedGo(output)).toEqual(expected)
  })
})
