import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskOutlines, type Mask } from '../../../domain/mask-outline.ts'
import type { Polygon } from '../../../domain/polygon.ts'
import { fewerCorners, simplifyPolygon } from '../../../domain/simplify-polygon.ts'

const maskOf = (rows: readonly string[]): Mask => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  data: Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 255 : 0)),
})

const areaOf = (ring: Polygon): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length]!
    return sum + x * ny - nx * y
  }, 0) / 2

/** Even-odd rule at the middle of a pixel. */
function isInside(ring: Polygon, x: number, y: number): boolean {
  let inside = false
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]!
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  })
  return inside
}

/** Pixels that no path of empty neighbours, corners included, joins to the outside: the object with its holes filled. */
function filled({ width, height, data }: Mask): boolean[] {
  const outside = new Set<string>()
  const open: [number, number][] = [[-1, -1]]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = at
    const key = `${x} ${y}`
    if (x < -1 || y < -1 || x > width || y > height || outside.has(key)) continue
    if (x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] !== 0) continue
    outside.add(key)
    for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) open.push([x + dx, y + dy])
  }
  return Array.from(data, (_, i) => !outside.has(`${i % width} ${Math.floor(i / width)}`))
}

describe('the outlines of a mask', () => {
  it.each<[string, string[], Polygon[]]>([
    ['nothing', ['...', '...'], []],
    ['one pixel', ['...', '.#.'], [[[1, 1], [2, 1], [2, 2], [1, 2]]]], // oxfmt-ignore
    ['a corner', ['#.', '##'], [[[0, 0], [1, 0], [1, 1], [2, 1], [2, 2], [0, 2]]]], // oxfmt-ignore
    ['a ring: its hole is left out', ['###', '#.#', '###'], [[[0, 0], [3, 0], [3, 3], [0, 3]]]], // oxfmt-ignore
    [
      'parts that touch at a corner: two, the bigger one first',
      ['#..', '.##'],
      [[[1, 1], [3, 1], [3, 2], [1, 2]], [[0, 0], [1, 0], [1, 1], [0, 1]]], // oxfmt-ignore
    ],
  ])('are right for %s', (_, rows, expected) => {
    expect(maskOutlines(maskOf(rows))).toEqual(expected)
  })

  const masks = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc
        .array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height })
        .map((bits): Mask => ({ width, height, data: Uint8Array.from(bits) })),
    )

  it('hold every pixel of the object and none outside of it, and come biggest first', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const rings = maskOutlines(mask)
        const expected = filled(mask)
        expected.forEach((isIn, i) => {
          const [x, y] = [(i % mask.width) + 0.5, Math.floor(i / mask.width) + 0.5]
          expect(rings.some((ring) => isInside(ring, x, y))).toBe(isIn)
        })
        const areas = rings.map(areaOf)
        expect(areas.every((area) => area > 0)).toBe(true)
        expect(areas).toEqual(areas.toSorted((a, b) => b - a))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a simpler outline', () => {
  const disc = maskOf(
    Array.from({ length: 60 }, (_, y) =>
      Array.from({ length: 60 }, (_, x) => (Math.hypot(x - 29.5, y - 29.5) < 25 ? '#' : '.')).join(''),
    ),
  )

  it('covers what the exact one covers but for a rim', () => {
    const [exact] = maskOutlines(disc)
    const simple = simplifyPolygon(exact!, 1)
    expect(simple.length).toBeLessThan(exact!.length / 3)
    expect(areaOf(simple) / areaOf(exact!)).toBeGreaterThan(0.95)
    expect(areaOf(simple) / areaOf(exact!)).toBeLessThan(1.05)
  })

  it('has no more corners than allowed', () => {
    const [exact] = maskOutlines(disc)
    expect(fewerCorners(exact!, 12, 0.5).length).toBeLessThanOrEqual(12)
    expect(fewerCorners(exact!, 12, 0.5).length).toBeGreaterThanOrEqual(3)
  })

  it('never becomes a line', () => {
    const square: Polygon = [[0, 0], [0.2, 0], [0.2, 0.1], [0.2, 0.2], [0, 0.2]] // oxfmt-ignore
    expect(simplifyPolygon(square, 5)).toEqual(square)
  })
})
