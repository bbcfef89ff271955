import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letterbox } from '../../../../domain/inference/letterbox.ts'
import { maskPolygons } from '../../../../domain/inference/mask-polygons.ts'
import { traceOutlines } from '../../../../domain/inference/trace-outlines.ts'
import { blobs, fieldOf, filled, maskIou, rasterised } from '../../../fixtures/masks.ts'

describe('traceOutlines', () => {
  it.each([
    ['nothing', fieldOf('...', '...'), 0],
    ['one pixel', fieldOf('...', '.x.', '...'), 1],
    ['a part that fills its field', fieldOf('xx', 'xx'), 1],
    ['two that touch by a corner, as one', fieldOf('x.', '.x'), 1],
    ['two apart', fieldOf('x.x'), 2],
    ['a ring, without its hole', fieldOf('xxx', 'x.x', 'xxx'), 1],
    ['an island in a ring, each', fieldOf('xxxxx', 'x...x', 'x.x.x', 'x...x', 'xxxxx'), 2],
  ])('finds %s', (_, field, count) => {
    expect(traceOutlines(field)).toHaveLength(count)
  })

  it('puts corners where the field crosses 0, and at the edge of the pixel where it ends', () => {
    const [outline] = traceOutlines({
      ...fieldOf('...'),
      values: Float32Array.of(-3, 1, -1),
      left: 10,
      top: 20,
    })
    expect(outline).toEqual([
      [11.5, 20],
      [12, 20.5],
      [11.5, 21],
      [11.25, 20.5],
    ])
  })

  it('holds the centres of exactly the pixels of the mask, holes filled', () => {
    fc.assert(
      fc.property(blobs, (field) => {
        expect(rasterised(traceOutlines(field), field)).toEqual(filled(field))
      }),
    )
    const noise = fc.uint8Array({ minLength: 48, maxLength: 48 }).map((bytes) => ({
      ...fieldOf(...Array.from({ length: 6 }, () => '........')),
      values: Float32Array.from(bytes, (byte) => byte - 127.5),
    }))
    fc.assert(
      fc.property(noise, (field) => {
        expect(rasterised(traceOutlines(field), field)).toEqual(filled(field))
      }),
    )
  })
})

describe('maskPolygons', () => {
  /** As large as the field's part: nothing is scaled and nothing is padding. */
  const inPlace = ({ width, height }: { width: number; height: number }) =>
    letterbox({ width, height }, { width, height })

  it('agree with the mask to an IoU of 0.98, holes filled', () => {
    fc.assert(
      fc.property(blobs, (field) => {
        const mask = filled(field)
        const area = mask.filter(Boolean).length
        const shared = maskIou(rasterised(maskPolygons(field, inPlace(field)), field), mask)
        // On a grid one pixel more or less is what a small mask has to bear.
        expect(shared).toBeGreaterThanOrEqual(Math.min(0.98, 1 - 1.5 / Math.max(area, 1)))
      }),
    )
  })

  it('need few corners for a smooth shape', () => {
    const side = 200
    const disc = {
      left: 0,
      top: 0,
      width: side,
      height: side,
      values: Float32Array.from({ length: side * side }, (_, at) => {
        return 90 - Math.hypot((at % side) - 99.5, Math.floor(at / side) - 99.5)
      }),
    }
    const [polygon] = maskPolygons(disc, inPlace(disc))
    expect(polygon?.length).toBeLessThan(60)
    expect(maskIou(rasterised([polygon ?? []], disc), filled(disc))).toBeGreaterThan(0.98)
  })

  it('leave out specks and islands in holes, the largest first', () => {
    const small = fieldOf(
      'xx' + '.'.repeat(48),
      ...Array.from({ length: 20 }, () => '....' + 'x'.repeat(20) + '.'.repeat(26)),
    )
    expect(maskPolygons(small, inPlace(small))).toHaveLength(1)
    const island = fieldOf('xxxxxx.xx', 'x....x.xx', 'x.xx.x.xx', 'x.xx.x.xx', 'x....x.xx', 'xxxxxx.xx')
    const polygons = maskPolygons(island, inPlace(island))
    expect(polygons.map((polygon) => Math.max(...polygon.map(([x]) => x)))).toEqual([6, 9])
  })

  it('stay in the image: what lies in the padding is cut off', () => {
    const place = letterbox({ width: 80, height: 40 }, { width: 40, height: 40 })
    const whole = fieldOf(...Array.from({ length: 40 }, () => 'x'.repeat(40)))
    const [polygon] = maskPolygons(whole, place)
    const [xs, ys] = [polygon?.map(([x]) => x) ?? [], polygon?.map(([, y]) => y) ?? []]
    expect([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]).toEqual([0, 0, 80, 40])
    expect(maskPolygons({ ...whole, height: 5, values: whole.values.slice(0, 200) }, place)).toEqual([])
  })

  it('of a mask in a thousand pieces are few', () => {
    const board = fieldOf(
      ...Array.from({ length: 80 }, (_, y) => (y % 2 === 0 ? 'x.'.repeat(40) : '.'.repeat(80))),
    )
    expect(maskPolygons(board, inPlace(board)).length).toBeLessThanOrEqual(32)
  })
})
