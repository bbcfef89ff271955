import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelledBox } from '../../../domain/box.ts'
import { judge } from '../../../domain/gate.ts'
import { averagePrecision } from '../../../domain/metrics/average-precision.ts'
import type { PairedImage } from '../../../domain/metrics/paired-comparison.ts'

const classes = ['cat', 'dog']
const rules = { minImages: 6, margin: 0.02, seed: 'seed' }

const box: fc.Arbitrary<LabelledBox> = fc
  .record({
    class: fc.constantFrom(...classes),
    x: fc.integer({ min: 0, max: 3 }),
    shift: fc.integer({ min: 0, max: 40 }),
    score: fc.double({ min: 0.05, max: 1, noNaN: true }),
  })
  .map(({ class: name, x, shift, score }) => ({
    class: name,
    xyxy: [x * 100 + shift, 0, x * 100 + 80 + shift, 80] as const,
    score,
  }))

const scene: fc.Arbitrary<PairedImage> = fc.record({
  group: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  truth: fc.array(box, { maxLength: 3 }),
  challenger: fc.array(box, { maxLength: 3 }),
  champion: fc.array(box, { maxLength: 3 }),
})
const scenes = fc.array(scene, { minLength: 4, maxLength: 14 })

const mapOf = (images: readonly PairedImage[], side: 'challenger' | 'champion'): number =>
  averagePrecision(
    images.map((image) => ({ group: image.group, truth: image.truth, predicted: image[side] })),
    classes,
  ).map

test('a model that scores lower is never promoted, whatever the images', () => {
  fc.assert(
    fc.property(scenes, (images) => {
      const { promoted, words, reason } = judge(images, classes, rules)
      expect(words).not.toMatch(/NaN|undefined/)
      expect(reason).not.toBe('')
      if (promoted) expect(mapOf(images, 'challenger')).toBeGreaterThanOrEqual(mapOf(images, 'champion'))
    }),
    { numRuns: 60 },
  )
})

test('a model with the same answers is never "better", and never "worse"', () => {
  fc.assert(
    fc.property(scenes, (images) => {
      const same = images.map((image) => ({ ...image, challenger: image.champion }))
      const { verdict, deltaMap } = judge(same, classes, rules)
      expect(['not-worse', 'too-few-images']).toContain(verdict)
      if (deltaMap !== null) expect(deltaMap).toEqual({ value: 0, low: 0, high: 0 })
    }),
    { numRuns: 40 },
  )
})

test('of two models at most one is better, seen from either side', () => {
  fc.assert(
    fc.property(scenes, (images) => {
      const turned = images.map((image) => ({
        ...image,
        challenger: image.champion,
        champion: image.challenger,
      }))
      const [there, back] = [judge(images, classes, rules), judge(turned, classes, rules)]
      expect([there.verdict, back.verdict].filter((verdict) => verdict === 'better').length).toBeLessThan(2)
      if (there.verdict === 'better') expect(back.promoted).toBe(false)
    }),
    { numRuns: 40 },
  )
})
