import { describe, expect, it } from 'vitest'

import { StackError } from '../../../../infra/stack-error.ts'
import { choosePython } from '../../../../infra/toolchain/python-selection.ts'

const python = (program: string, version: number[], makesEnvironments = true) => ({
  program,
  version,
  makesEnvironments,
})

describe('choosePython', () => {
  it.each([
    ['the preferred, which is asked first', [python('a', [3, 13, 0]), python('b', [3, 11, 7])], 'a'],
    [
      'the next when the preferred lacks ensurepip',
      [python('a', [3, 13, 0], false), python('b', [3, 11, 7])],
      'b',
    ],
    ['none newer than supported', [python('a', [3, 14, 0]), python('b', [3, 12, 1])], 'b'],
    ['none older than supported', [python('a', [3, 10, 14]), python('b', [3, 11, 0])], 'b'],
  ])('takes %s', (_, probes, expected) => {
    expect(choosePython(probes).program).toBe(expected)
  })

  it.each([
    [
      'the package of the bare Python',
      [python('/usr/bin/python3', [3, 12, 3], false)],
      /apt install python3\.12-venv/,
    ],
    [
      'Python itself when there is none',
      [],
      /no working python3 is on PATH.*apt install python3 python3-venv/,
    ],
    [
      'Python itself when only an old one is there',
      [python('/usr/bin/python3', [3, 9, 2])],
      /python3 is 3\.9\.2/,
    ],
    [
      'Python itself when only a newer one is there',
      [python('/usr/bin/python3', [3, 14, 0])],
      /python3 is 3\.14\.0/,
    ],
  ])('names %s', (_, probes, expected) => {
    const choose = () => choosePython(probes)
    expect(choose).toThrow(StackError)
    expect(choose).toThrow(expected)
    expect(choose).toThrow(expect.objectContaining({ code: 'ToolchainFailed' }))
  })
})
