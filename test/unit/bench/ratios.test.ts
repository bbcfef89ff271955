import { describe, expect, it } from 'vitest'
import { median, plainFigure, ratioFigure } from '../../bench/ratios.ts'

const names = { bench: 'infer/tiny-256', figure: 'cpu-per-image' }

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 9], 5],
    [[4, 1, 2, 9], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('of nothing does not exist', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('a figure', () => {
  it('is the median of ratios taken round by round, not the ratio of medians', () => {
    // The second round met a machine ten times slower: both sides did.
    const figure = ratioFigure(names, [1, 20, 3], [2, 40, 3])
    expect(figure).toEqual({ ...names, value: 0.5, unit: 'ratio', spread: [0.5, 1] })
  })

  it('of rounds that are no pairs is refused', () => {
    expect(() => ratioFigure(names, [1, 2], [1])).toThrow('2 rounds against 1')
  })

  it('of one side carries its unit', () => {
    expect(plainFigure(names, [300.12345, 310, 290], 'MB')).toEqual({
      ...names,
      value: 300.1,
      unit: 'MB',
      spread: [290, 310],
    })
  })
})
