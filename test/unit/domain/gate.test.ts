import { describe, expect, test } from 'vitest'
import { judge } from '../../../domain/gate.ts'
import type { PairedImage } from '../../../domain/metrics/paired-comparison.ts'

const rules = { minImages: 50, margin: 0.02, seed: 'seed' }
const right = (score = 0.9) => [{ class: 'cat', xyxy: [0, 0, 100, 100] as const, score }]
const wrong = [{ class: 'cat', xyxy: [200, 200, 300, 300] as const, score: 0.9 }]

/** `challenger` and `champion` say on which of the images each side is right. */
const images = (
  count: number,
  challenger: (index: number) => boolean,
  champion: (index: number) => boolean,
): PairedImage[] =>
  Array.from({ length: count }, (_, index) => ({
    group: String(index),
    truth: [{ class: 'cat', xyxy: [0, 0, 100, 100] }],
    challenger: challenger(index) ? right() : wrong,
    champion: champion(index) ? right() : wrong,
  }))

const all = () => true
const none = () => false
const every = (n: number) => (index: number) => index % n !== 0

describe('the gate', () => {
  test('promotes a challenger that is better', () => {
    const found = judge(images(60, all, every(3)), ['cat'], rules)
    expect(found).toMatchObject({ verdict: 'better', promoted: true })
    expect(found.deltaMap?.low).toBeGreaterThan(0)
  })

  test('never promotes a worse one', () => {
    expect(judge(images(60, every(3), all), ['cat'], rules)).toMatchObject({
      verdict: 'worse',
      promoted: false,
    })
    expect(judge(images(60, none, all), ['cat'], rules)).toMatchObject({ promoted: false })
  })

  test('promotes an equal one as not worse', () => {
    expect(judge(images(60, every(4), every(4)), ['cat'], rules)).toMatchObject({
      verdict: 'not-worse',
      promoted: true,
    })
  })

  test('keeps the champion when the two cannot be told apart', () => {
    const found = judge(
      images(
        60,
        (index) => index % 2 === 0,
        (index) => index % 2 === 1 || index % 10 === 0,
      ),
      ['cat'],
      rules,
    )
    expect(found.verdict).toBe('not-distinguishable')
    expect(found.promoted).toBe(false)
  })

  test('says how many images are missing below the minimum, and keeps the champion', () => {
    const found = judge(images(30, all, none), ['cat'], rules)
    expect(found).toMatchObject({ verdict: 'too-few-images', promoted: false, deltaMap: null })
    expect(found.words).toContain('20 more')
  })

  test('refuses a challenger that has certainly lost a class with enough boxes', () => {
    const scenes = Array.from({ length: 80 }, (_, index): PairedImage => {
      const name = index % 2 === 0 ? 'cat' : 'dog'
      const box = { class: name, xyxy: [0, 0, 100, 100] as const, score: 0.9 }
      const miss = { ...box, xyxy: [200, 200, 300, 300] as const }
      const challengerRight = name === 'cat' || index % 8 === 1
      const championRight = name === 'dog' || index % 8 === 0
      return {
        group: String(index),
        truth: [box],
        challenger: [challengerRight ? box : miss],
        champion: [championRight ? box : miss],
      }
    })
    const found = judge(scenes, ['cat', 'dog'], { ...rules, margin: 1 })
    expect(found.promoted).toBe(false)
    expect(found.words).toContain('Class dog')
  })

  test('believes no interval that rests on a handful of videos', () => {
    const oneVideo = images(60, all, none).map((image) => ({ ...image, group: 'clip.mp4' }))
    const found = judge(oneVideo, ['cat'], rules)
    expect(found).toMatchObject({ verdict: 'too-few-images', promoted: false, deltaMap: null, groups: 1 })
    expect(found.words).toContain('come from 1 groups')
  })

  test('cannot judge by test images without a box', () => {
    const empty = images(60, all, none).map((image) => ({ ...image, truth: [] }))
    const found = judge(empty, ['cat'], rules)
    expect(found).toMatchObject({ verdict: 'too-few-images', promoted: false })
    expect(found.words).toContain('None of the 60')
  })

  test('says how small a difference it could have seen: less on more images', () => {
    const on = (count: number) => judge(images(count, every(3), every(4)), ['cat'], rules)
    const [few, many] = [on(60), on(240)]
    expect(few.words).toContain(`true difference of ${few.detectable?.toFixed(3)}`)
    expect((few.detectable ?? 0) / (many.detectable ?? 1)).toBeGreaterThan(1.6)
    expect((few.detectable ?? 0) / (many.detectable ?? 1)).toBeLessThan(2.4)
  })
})
