import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageSize, LabelledBox, Xyxy } from '../../../domain/box.ts'
import { combineParts, draftParts } from '../../../domain/draft-parts.ts'
import { iou } from '../../../domain/iou.ts'
import { inImage, mergeTiles } from '../../../domain/merge-tiles.ts'
import { agreeingBoxes } from '../../../domain/sample-agreement.ts'
import { tileCount, tilesOf } from '../../../domain/tiles.ts'

const cell = (xyxy: Xyxy, name = 'cell', score: number | null = null): LabelledBox => ({
  class: name,
  xyxy,
  score,
})
const sizes = fc.record({
  width: fc.integer({ min: 40, max: 4000 }),
  height: fc.integer({ min: 40, max: 4000 }),
})
const sides = fc.integer({ min: 1, max: 4 })

/** What a perfect teacher says about a tile: every object cut to it. */
const seenIn = (tile: Xyxy, objects: readonly LabelledBox[]): LabelledBox[] =>
  objects.flatMap((object) => {
    const [x1, y1, x2, y2] = object.xyxy
    const cut: Xyxy = [
      Math.max(x1, tile[0]),
      Math.max(y1, tile[1]),
      Math.min(x2, tile[2]),
      Math.min(y2, tile[3]),
    ]
    return cut[2] - cut[0] < 1 || cut[3] - cut[1] < 1 ? [] : [{ ...object, xyxy: cut }]
  })

describe('tiles', () => {
  it('cover the image in whole pixels, overlap, and come after the whole', () => {
    fc.assert(
      fc.property(sizes, sides, (size, side) => {
        const [whole, ...tiles] = tilesOf(size, side)
        expect(whole).toEqual([0, 0, size.width, size.height])
        expect(tiles.length + 1).toBe(tileCount(side))
        for (const [x1, y1, x2, y2] of tiles) {
          expect([x1, y1, x2, y2].every(Number.isInteger)).toBe(true)
          expect(x1 >= 0 && y1 >= 0 && x2 <= size.width && y2 <= size.height && x2 > x1 && y2 > y1).toBe(true)
        }
        if (side > 1) {
          expect(Math.max(...tiles.map(([, , x2]) => x2))).toBe(size.width)
          expect(Math.max(...tiles.map(([, , , y2]) => y2))).toBe(size.height)
          expect(tiles[0]![2]).toBeGreaterThan(tiles[1]![0])
        }
      }),
    )
  })

  it('of a 640 x 480 picture, two a side', () => {
    expect(tilesOf({ width: 640, height: 480 }, 2).slice(1)).toEqual([
      [0, 0, 356, 267],
      [284, 0, 640, 267],
      [0, 213, 356, 480],
      [284, 213, 640, 480],
    ])
  })
})

describe('merging tiles', () => {
  it('gives every object back once, however tiles cut them, when the teacher is perfect', () => {
    fc.assert(
      fc.property(
        sides,
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 0, maxLength: 20 }),
        fc.integer({ min: 4, max: 90 }),
        (side, places, extent) => {
          const size: ImageSize = { width: 1000, height: 1000 }
          // One object a square of a grid, none overlapping another.
          const objects = places.map((place) => {
            const [x, y] = [(place % 10) * 100 + 3, Math.floor(place / 10) * 100 + 3]
            return cell([x, y, x + extent, y + extent])
          })
          const merged = mergeTiles(
            tilesOf(size, side).map((tile) => ({ tile, boxes: seenIn(tile, objects) })),
            size,
          )
          const order = (a: LabelledBox, b: LabelledBox): number =>
            a.xyxy[1] - b.xyxy[1] || a.xyxy[0] - b.xyxy[0]
          expect(merged.toSorted(order)).toEqual(objects.toSorted(order))
        },
      ),
    )
  })

  it('puts an object together that no single look held whole', () => {
    const size = { width: 640, height: 480 }
    const long = cell([10, 100, 620, 140])
    const findings = tilesOf(size, 2).map((tile, index) => ({
      tile,
      boxes: index === 0 ? [] : seenIn(tile, [long]),
    }))
    expect(mergeTiles(findings, size)).toEqual([long])
  })

  it('keeps two classes, and two boxes of one tile, apart', () => {
    const size = { width: 640, height: 480 }
    const boxes = [cell([10, 10, 50, 50]), cell([12, 12, 52, 52]), cell([10, 10, 50, 50], 'dust')]
    expect(mergeTiles([{ tile: [0, 0, 640, 480], boxes }], size)).toHaveLength(3)
  })

  it('moves a box and its outline to where its tile is', () => {
    const moved = inImage({ ...cell([1, 2, 3, 4]), polygons: [[[1, 2], [3, 2], [3, 4]]] }, [100, 50, 200, 150], { width: 640, height: 480 }) // oxfmt-ignore
    expect(moved).toEqual({ class: 'cell', xyxy: [101, 52, 103, 54], score: null, polygons: [[[101, 52], [103, 52], [103, 54]]] }) // oxfmt-ignore
  })
})

describe('the agreement of samples', () => {
  it('scores an object by the share of samples that saw it, with the median of its edges', () => {
    const samples = [
      [cell([0, 0, 10, 10]), cell([50, 50, 60, 60])],
      [cell([0, 0, 12, 10])],
      [cell([0, 0, 11, 14])],
    ]
    expect(agreeingBoxes(samples)).toEqual([
      { class: 'cell', xyxy: [0, 0, 11, 10], score: 1 },
      { class: 'cell', xyxy: [50, 50, 60, 60], score: 1 / 3 },
    ])
  })

  it('of one voice is no score', () => {
    expect(agreeingBoxes([[cell([0, 0, 10, 10])]])[0]?.score).toBeNull()
  })

  it('never counts a sample twice for one object', () => {
    const twice = [cell([0, 0, 10, 10]), cell([0, 0, 10, 11])]
    const boxes = agreeingBoxes([twice, [cell([0, 0, 10, 10])]])
    expect(boxes).toHaveLength(2)
    expect(boxes.every(({ score }) => score !== null && score <= 1)).toBe(true)
  })

  const boxes = fc.array(
    fc
      .tuple(
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 5, max: 20 }),
      )
      .map(([x, y, extent]) => cell([x, y, x + extent, y + extent])),
    { maxLength: 6 },
  )

  it('loses nothing, invents nothing, and keeps scores between 1/K and 1', () => {
    fc.assert(
      fc.property(fc.array(boxes, { minLength: 2, maxLength: 5 }), (samples) => {
        const agreed = agreeingBoxes(samples)
        const votes = agreed.reduce((sum, { score }) => sum + Math.round((score ?? 0) * samples.length), 0)
        expect(votes).toBe(samples.flat().length)
        for (const { xyxy, score } of agreed) {
          expect(score).toBeGreaterThanOrEqual(1 / samples.length - 1e-9)
          expect(score).toBeLessThanOrEqual(1)
          expect(samples.flat().some((box) => iou(box.xyxy, xyxy) > 0)).toBe(true)
        }
      }),
    )
  })
})

describe('the parts of a draft', () => {
  it('are as many as the budget reserves calls for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        sides,
        fc.integer({ min: 1, max: 5 }),
        (questions, tiles, samples) => {
          const parts = draftParts({ questions, tiles, samples })
          expect(parts).toHaveLength(questions * tileCount(tiles) * samples)
          expect(new Set(parts.map((part) => JSON.stringify(part))).size).toBe(parts.length)
        },
      ),
    )
  })

  it('leave out what was refused: the others decide the score', () => {
    const shape = { questions: 1, tiles: 1, samples: 3 }
    const parts = draftParts(shape).map((part, index) => ({
      ...part,
      answered: index !== 1,
      boxes: index === 1 ? [] : [cell([0, 0, 10, 10])],
    }))
    expect(combineParts(parts, shape, { width: 100, height: 100 })).toEqual([cell([0, 0, 10, 10], 'cell', 1)])
  })
})
