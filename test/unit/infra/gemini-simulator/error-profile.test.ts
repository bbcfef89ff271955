import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../domain/seeded-random.ts'
import { drawLikeTeacher, type Drawn } from '../../../../infra/gemini-simulator/error-profile.ts'
import { profiles } from '../../../../infra/gemini-simulator/profiles.ts'
import { gammaOfMeanOne, normal, poisson } from '../../../../infra/gemini-simulator/sampling.ts'

const size = { width: 1000, height: 1000 }
const grid = (name: string, side: number, step: number): Drawn[] =>
  Array.from({ length: 16 }, (_, n) => {
    const [x, y] = [(n % 4) * step + 5, Math.floor(n / 4) * step + 5]
    return { class: name, xyxy: [x, y, x + side, y + side] }
  })
const small = grid('small', 40, 240)
const large = grid('large', 230, 240)
const typical = new Map([
  ['small', 0.04],
  ['large', 0.23],
])
const draw = (truth: readonly Drawn[], profile: keyof typeof profiles, seed: string) =>
  drawLikeTeacher(truth, size, typical, profiles[profile], seededRandom(seed))

const seeds = Array.from({ length: 400 }, (_, n) => `image ${n}`)
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const variance = (values: readonly number[]): number => {
  const average = mean(values)
  return mean(values.map((value) => (value - average) ** 2))
}

describe('the simulated teacher', () => {
  test('draws the published labels when it makes no errors', () => {
    expect(draw(large, 'none', 'a')).toEqual(large)
  })

  test('draws the same for the same image and something else for another', () => {
    expect(draw(large, 'default', 'a')).toEqual(draw(large, 'default', 'a'))
    expect(draw(large, 'default', 'a')).not.toEqual(draw(large, 'default', 'b'))
  })

  test('misses small objects more often than large ones', () => {
    const found = (truth: readonly Drawn[]): number =>
      mean(seeds.map((seed) => draw(truth, 'default', seed).length)) / truth.length
    expect(found(small)).toBeLessThan(found(large) - 0.1)
  })

  test('is worse the heavier the profile', () => {
    const found = (['none', 'light', 'default', 'heavy'] as const).map((profile) =>
      mean(seeds.map((seed) => draw(small, profile, seed).length)),
    )
    expect(found).toEqual(found.toSorted((a, b) => b - a))
    expect(new Set(found).size).toBe(4)
  })

  test('makes its errors in clusters: counts vary more between images than by chance alone', () => {
    const counts = seeds.map((seed) => draw(small, 'default', seed).length)
    const share = mean(counts) / small.length
    expect(variance(counts)).toBeGreaterThan(2 * small.length * share * (1 - share))
  })

  test('keeps every box inside the image and at least a pixel wide', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        for (const { xyxy } of draw([...small, ...large], 'heavy', seed)) {
          const [x1, y1, x2, y2] = xyxy
          expect(x1 >= 0 && y1 >= 0 && x2 <= 1000 && y2 <= 1000 && x2 - x1 >= 1 && y2 - y1 >= 1).toBe(true)
        }
      }),
    )
  })
})

describe('sampling', () => {
  const draws = (sample: (random: () => number) => number): number[] => {
    const random = seededRandom('samples')
    return Array.from({ length: 20_000 }, () => sample(random))
  }

  test('normal has mean 0 and variance 1', () => {
    const values = draws(normal)
    expect(Math.abs(mean(values))).toBeLessThan(0.03)
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.05)
  })

  test('gamma has mean 1 and variance 1 / shape', () => {
    const values = draws((random) => gammaOfMeanOne(random, 1.2))
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.03)
    expect(Math.abs(variance(values) - 1 / 1.2)).toBeLessThan(0.06)
  })

  test('poisson has mean and variance alike', () => {
    const values = draws((random) => poisson(random, 0.25))
    expect(Math.abs(mean(values) - 0.25)).toBeLessThan(0.02)
    expect(Math.abs(variance(values) - 0.25)).toBeLessThan(0.02)
  })
})
