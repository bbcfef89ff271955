import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createOutput } from '../../../cli/output.ts'
import { renderPairs, renderTable } from '../../../cli/table.ts'

afterEach(() => vi.useRealTimers())

function streams({ isTTY = false } = {}) {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY, columns: 20 })]
  const text = (stream: PassThrough): string => String(stream.read() ?? '')
  return { streams: { stdout, stderr }, out: () => text(stdout), err: () => text(stderr) }
}

describe('output', () => {
  it('keeps everything that is no result off standard output', () => {
    const { streams: s, out, err } = streams()
    const output = createOutput(s, { json: true })
    output.step('one')
    output.note('two')
    output.warn('three')
    output.progress('four')
    expect(out()).toBe('')
    expect(err()).toBe('• one\n  two\nwarning: three\nfour\n')
  })

  it('prints results only when JSON is wanted, a line each', () => {
    const [json, human] = [streams(), streams()]
    for (const [{ streams: s }, wanted] of [
      [json, true],
      [human, false],
    ] as const) {
      const output = createOutput(s, { json: wanted })
      output.result({ a: 1 })
      output.result([2])
    }
    expect(json.out()).toBe('{"a":1}\n[2]\n')
    expect(human.out()).toBe('')
  })

  it('replaces the live line on a terminal, cut to its width, and leaves nothing of it', () => {
    const { streams: s, err } = streams({ isTTY: true })
    const output = createOutput(s, { json: false })
    output.progress('x'.repeat(50))
    expect(err()).toBe(`\r\u001b[2K${'x'.repeat(19)}`)
    output.progressEnd()
    expect(err()).toBe('\r\u001b[2K')
  })

  it('prints at most one progress line in five seconds where nobody watches', () => {
    vi.useFakeTimers({ toFake: ['performance'], now: 0 })
    vi.advanceTimersByTime(1)
    const { streams: s, err } = streams()
    const output = createOutput(s, { json: false })
    for (let second = 0; second < 12; second++) {
      output.progress(`${second}`)
      vi.advanceTimersByTime(1000)
    }
    expect(err()).toBe('0\n5\n10\n')
  })
})

describe('tables', () => {
  it('aligns columns, numbers to the right, without trailing blanks', () => {
    const table = renderTable(
      [
        { title: 'CLASS', value: ([name]: [string, number]) => name },
        { title: 'N', value: ([, count]) => count, align: 'right' },
        { title: '', value: () => '' },
      ],
      [
        ['été', 5],
        ['car', 1200],
      ],
    )
    expect(table).toBe('CLASS     N\nété       5\ncar    1200')
  })

  it('puts the values of pairs in one column', () => {
    expect(
      renderPairs([
        ['a', 1],
        ['long name', 'x'],
      ]),
    ).toBe('a          1\nlong name  x')
  })
})
