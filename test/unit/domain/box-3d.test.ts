import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cornersOf, projectEdges } from '../../../domain/box-3d.ts'
import { hull } from '../../../domain/polygon.ts'

const size = { width: 640, height: 480 }
const still = [0, 0, 0] as const

describe('projectEdges', () => {
  it('draws the twelve edges of a box before the camera', () => {
    const edges = projectEdges({ centre: [0, 2, 0], size: [1, 1, 1], rotation: still }, size, 60)
    expect(edges).toHaveLength(12)
  })

  it('puts what lies ahead in the middle, what is right to the right, and what is high on top', () => {
    const middle = (centre: readonly [number, number, number]) => {
      const [x1, y1, x2, y2] = hull(
        projectEdges({ centre, size: [0.01, 0.01, 0.01], rotation: still }, size, 60).flat(),
      )
      return [(x1 + x2) / 2, (y1 + y2) / 2].map(Math.round)
    }
    expect(middle([0, 5, 0])).toEqual([320, 240])
    expect(middle([1, 5, 0])[0]).toBeGreaterThan(320)
    expect(middle([0, 5, 1])[1]).toBeLessThan(240)
    // At 60 degrees the border is at half the depth times the tangent of 30.
    expect(middle([5 * Math.tan(Math.PI / 6), 5, 0])[0]).toBe(640)
  })

  it('leaves out edges that reach behind the camera', () => {
    expect(projectEdges({ centre: [0, 0, 0], size: [1, 2, 1], rotation: still }, size, 60)).toHaveLength(4)
    expect(projectEdges({ centre: [0, -3, 0], size: [1, 1, 1], rotation: still }, size, 60)).toEqual([])
  })
})

describe('cornersOf', () => {
  const angle = fc.double({ min: -180, max: 180, noNaN: true })

  it('keeps every corner as far from the centre however the box is turned', () => {
    fc.assert(
      fc.property(angle, angle, angle, (roll, pitch, yaw) => {
        const corners = cornersOf({ centre: [1, 2, 3], size: [2, 4, 6], rotation: [roll, pitch, yaw] })
        for (const [x, y, z] of corners)
          expect(Math.hypot(x - 1, y - 2, z - 3)).toBeCloseTo(Math.hypot(1, 2, 3), 9)
      }),
    )
  })

  it.each([
    ['yaw about the upright axis', [0, 0, 90], [-2, 1, 3]],
    ['pitch about the axis to the right, as a rotation about y', [0, 90, 0], [3, 2, -1]],
    ['roll about x', [90, 0, 0], [1, -3, 2]],
  ] as const)('turns by %s', (_, rotation, expected) => {
    const last = cornersOf({ centre: [0, 0, 0], size: [2, 4, 6], rotation }).at(-1)
    expected.forEach((value, axis) => expect(last?.[axis]).toBeCloseTo(value, 9))
  })
})
