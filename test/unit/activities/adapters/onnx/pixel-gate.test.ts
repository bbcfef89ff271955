import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { PixelGate } from '../../../../../activities/adapters/onnx/pixel-gate.ts'

/** Works of the given sizes, each held until it is let go. */
function enter(gate: PixelGate, sizes: readonly number[]) {
  const inside = new Set<number>()
  const ends: (() => void)[] = []
  const order: number[] = []
  const done = sizes.map((size, index) =>
    gate.hold(size, async () => {
      inside.add(index)
      order.push(index)
      await new Promise<void>((resolve) => {
        ends[index] = resolve
      })
      inside.delete(index)
    }),
  )
  return { inside, order, done, end: (index: number) => ends[index]?.() }
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('lets many small pictures in at once, and a large one alone', async () => {
  const { inside, end } = enter(new PixelGate(100), [10, 10, 10, 5000, 10])
  await settle()
  expect([...inside]).toEqual([0, 1, 2])
  for (const index of [0, 1]) end(index)
  await settle()
  expect([...inside]).toEqual([2])
  end(2)
  await settle()
  expect([...inside]).toEqual([3])
  end(3)
  await settle()
  expect([...inside]).toEqual([4])
})

it('makes room again when a work fails', async () => {
  const gate = new PixelGate(10)
  await expect(gate.hold(10, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await expect(gate.hold(10, async () => 'in')).resolves.toBe('in')
})

it('never holds more than it may, keeps the order and lets everyone in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 20 }), async (sizes) => {
      const { inside, order, done, end } = enter(new PixelGate(100), sizes)
      for (let ended = 0; ended < sizes.length; ended += 1) {
        await settle()
        const weights = [...inside].map((index) => Math.min(sizes[index] ?? 0, 100))
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(100)
        expect(inside.size).toBeGreaterThan(0)
        for (const index of [...inside].slice(0, 1)) end(index)
      }
      await Promise.all(done)
      expect(order).toEqual(sizes.map((_, index) => index))
    }),
    { numRuns: 30 },
  )
})
