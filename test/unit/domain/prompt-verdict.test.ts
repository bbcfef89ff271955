import { expect, it, test } from 'vitest'
import { measureEffort } from '../../../domain/metrics/effort.ts'
import { compareEffort } from '../../../domain/metrics/paired-effort.ts'
import { promptVerdict } from '../../../domain/prompt-verdict.ts'
import { randomScenes } from '../../fixtures/report-data.ts'

const interval = (value: number, low: number, high: number) => ({ value, low, high })
const edits = interval(-0.5, -1, 0)
const enough = { images: 80, groups: 12 }

it.each([
  ['better', interval(0.04, 0.01, 0.07), enough],
  ['worse', interval(-0.04, -0.07, -0.01), enough],
  ['not-worse', interval(0.01, -0.01, 0.03), enough],
  ['not-distinguishable', interval(0.01, -0.05, 0.06), enough],
  ['too-few-images', interval(0.04, 0.01, 0.07), { images: 19, groups: 19 }],
  ['too-few-images', interval(0.04, 0.01, 0.07), { images: 80, groups: 4 }],
])('says %s', (verdict, f1, size) => {
  const said = promptVerdict({ f1, edits }, size)
  expect(said.verdict).toBe(verdict)
  expect(said.words).toContain(`${size.images} reviewed images`)
})

it('writes the figures with their intervals and their signs', () => {
  expect(promptVerdict({ f1: interval(0.04, 0.01, 0.07), edits }, enough).words).toBe(
    'B is better: F1 +0.040 [+0.010, +0.070], edits an image −0.50 [−1.00, +0.00], B against A on 80 reviewed images in 12 groups.',
  )
})

const classes = ['cat', 'dog']
const asPairs = () => {
  const scenes = randomScenes(classes, 40)
  const others = randomScenes(classes, 40, 'other noise')
  return scenes.map(({ group, truth, predicted }, index) => ({
    group,
    truth,
    a: predicted,
    b: (others[index]?.truth ?? [])
      .slice(0, 1)
      .concat(truth.slice(0, 3))
      .map((one) => ({ ...one, score: null })),
  }))
}

test('the difference is that of the figures of each side, and lies within its interval', () => {
  const pairs = asPairs()
  const of = (side: 'a' | 'b') =>
    measureEffort(
      pairs.map(({ group, truth, ...answers }) => ({ group, truth, predicted: answers[side] })),
      classes,
      's',
    )
  const { f1, edits: more, byClass } = compareEffort(pairs, classes, 's')
  expect(f1.value).toBeCloseTo(of('b').f1.value - of('a').f1.value, 12)
  expect(more.value).toBeCloseTo(of('b').editsPerImage.value - of('a').editsPerImage.value, 12)
  expect(f1.low).toBeLessThanOrEqual(f1.value)
  expect(f1.high).toBeGreaterThanOrEqual(f1.value)
  expect(byClass.map(({ class: name, b }) => [name, b])).toEqual(
    classes.map((name) => [name, of('b').byClass[name]?.f1]),
  )
})

test('what is hard for both cancels out: a prompt against itself differs by nothing in every resample', () => {
  const same = asPairs().map((pair) => ({ ...pair, b: pair.a }))
  expect(compareEffort(same, classes, 's').f1).toEqual({ value: 0, low: 0, high: 0 })
})

test('swapping the two turns the sign', () => {
  const pairs = asPairs()
  const swapped = pairs.map(({ a, b, ...rest }) => ({ ...rest, a: b, b: a }))
  const [one, other] = [compareEffort(pairs, classes, 's'), compareEffort(swapped, classes, 's')]
  expect(other.f1.value).toBeCloseTo(-one.f1.value, 12)
  expect(other.edits.low).toBeCloseTo(-one.edits.high, 1)
})
