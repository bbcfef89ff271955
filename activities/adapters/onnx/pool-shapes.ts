import type { PoolShape } from '../../../domain/contracts/inference.ts'

/** More sessions only cost memory: each holds the model once more. */
const mostWorkers = 8
/** Before anything is measured: a worker a core, and memory left for the rest on a large machine. */
const usualWorkers = 4
/** A shape must be this much faster than the usual one to be taken: less is noise of the machine. */
const worthwhile = 1.1
/** Enough that a worker never waits for its next picture. */
const streamsAWorker = 3

export interface MeasuredShape {
  readonly shape: PoolShape
  readonly imagesPerSecond: number
}

export const usualShape = (cores: number): PoolShape => ({
  workers: Math.max(1, Math.min(cores, usualWorkers)),
  threads: 1,
})

/** Ways to share out the cores, none using more than there are: one worker for all, two, four, eight. The usual one first. */
export function possibleShapes(cores: number): PoolShape[] {
  const usual = usualShape(cores)
  const shapes = [usual]
  for (let workers = 1; workers <= Math.min(cores, mostWorkers); workers *= 2) {
    const threads = Math.floor(cores / workers)
    if (workers !== usual.workers || threads !== usual.threads) shapes.push({ workers, threads })
  }
  return shapes
}

/** The fastest, if it is clearly faster than the first. */
export function fastestShape(measured: readonly [MeasuredShape, ...MeasuredShape[]]): PoolShape {
  const [usual] = measured
  const best = measured.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a))
  return best.imagesPerSecond > worthwhile * usual.imagesPerSecond ? best.shape : usual.shape
}

interface Measuring {
  /** For all shapes together; as much again goes before, in which workers open the model and their code gets warm. */
  readonly milliseconds: number
  readonly now: () => number
}

/** The shapes take turns, so that a machine that is busy for a moment slows them all. */
const turns = 3

/**
 * Keeps each shape busy for a while and counts.
 * @param run looks at one picture with this shape
 */
export async function measureShapes(
  shapes: readonly PoolShape[],
  run: (shape: PoolShape) => Promise<unknown>,
  { milliseconds, now }: Measuring,
): Promise<MeasuredShape[]> {
  const totals = shapes.map((shape) => ({ shape, images: 0, milliseconds: 0 }))
  const slice = milliseconds / shapes.length / turns
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const total of totals) {
      const busy = await keepBusy(total.shape, run, { milliseconds: turn === 0 ? slice * turns : slice, now })
      if (turn === 0) continue
      total.images += busy.images
      total.milliseconds += busy.milliseconds
    }
  }
  return totals.map(({ shape, images, milliseconds: spent }) => ({
    shape,
    imagesPerSecond: (images * 1000) / spent,
  }))
}

async function keepBusy(
  shape: PoolShape,
  run: (shape: PoolShape) => Promise<unknown>,
  { milliseconds, now }: Measuring,
): Promise<{ images: number; milliseconds: number }> {
  const start = now()
  let images = 0
  const stream = async (): Promise<void> => {
    do {
      await run(shape)
      images += 1
    } while (now() - start < milliseconds)
  }
  await Promise.all(Array.from({ length: shape.workers * streamsAWorker }, stream))
  return { images, milliseconds: now() - start }
}
