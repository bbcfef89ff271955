import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classColour } from '../../../../domain/class-colours.ts'
import {
  buildInstruction,
  buildLabelConfig,
  labelsOf,
  withRetiredLabels,
} from '../../../../domain/formats/label-studio-config.ts'

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 30 })
const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))

describe("the editor's set-up", () => {
  it('holds every class, in order, whatever signs its name has', () => {
    fc.assert(
      fc.property(names, (classes) => {
        expect(labelsOf(buildLabelConfig(classes))).toEqual(classes)
      }),
    )
  })

  it('has one tool, so that each of the first nine classes has one key', () => {
    const config = buildLabelConfig(Array.from({ length: 11 }, (_, index) => `class ${index}`))
    expect(config.match(/<RectangleLabels /g)).toHaveLength(1)
    expect([...config.matchAll(/hotkey="(\d)"/g)].map(([, key]) => key).join('')).toBe('123456789')
  })

  it('gives each of many classes its own colour, and few classes colours that are far apart', () => {
    const many = Array.from({ length: 100 }, (_, index) => classColour(index))
    expect(new Set(many).size).toBe(100)
    for (const colour of many) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
    const few = many.slice(0, 8).map(rgb)
    few.forEach((a, i) =>
      few.slice(i + 1).forEach((b) => {
        const distance = Math.hypot(...a.map((value, channel) => value - (b[channel] ?? 0)))
        expect(distance).toBeGreaterThan(80)
      }),
    )
  })

  it('shows the reason and the note of a refusal above the image', () => {
    const config = buildLabelConfig(['a'])
    expect(config.indexOf('$reason')).toBeLessThan(config.indexOf('<Image'))
    expect(config.indexOf('$refused')).toBeLessThan(config.indexOf('<Image'))
  })

  it('keeps a dropped class in grey and without a key, once', () => {
    const kept = withRetiredLabels(buildLabelConfig(['a', 'b']), ['b', 'old $& <one>'])
    expect(labelsOf(kept)).toEqual(['a', 'b', 'old $& <one>'])
    expect(kept).toContain('<Label value="old $&amp; &lt;one&gt;" background="#9e9e9e"/>')
    expect(withRetiredLabels(kept, ['old $& <one>'])).toBe(kept)
  })

  it('writes class names and descriptions into the instruction as text, not as markup', () => {
    const html = buildInstruction([{ name: '<b>', description: 'a & b' }])
    expect(html).toContain('<b>&lt;b&gt;</b>: a &amp; b')
  })
})
