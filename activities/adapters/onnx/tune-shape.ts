import { cpus, loadavg } from 'node:os'
import { shapeText, type PoolShape } from '../../../domain/contracts/inference.ts'
import { detectionDefaults } from '../../../domain/detection-defaults.ts'
import type { ModelDescription } from '../../roles/detector.ts'
import { samplePicture } from '../sharp/sample-picture.ts'
import type { ModelFile } from './messages.ts'
import { fastestShape, measureShapes, usualShape } from './pool-shapes.ts'
import { recallShape, rememberShape, type ShapeKey } from './shape-memory.ts'
import type { ThreadPool } from './thread-pool.ts'

/** For all shapes together, and as much for the warm-up. */
const measuringMs = 1000

/** Waiting processes a core above which a measurement says more of the others than of the shapes. */
const busyLoad = 1.5

export interface Tuning {
  readonly model: ModelFile
  readonly description: ModelDescription
  readonly runtime: string
  readonly cores: number
  readonly folder: string
  readonly tell: (kind: 'note', text: string) => void
}

/** The fastest shape for this model on this machine: remembered, or measured now on the pool that will do the work. */
export async function tuneShape(
  pool: ThreadPool,
  shapes: readonly PoolShape[],
  { model, description, runtime, cores, folder, tell }: Tuning,
): Promise<PoolShape> {
  const key: ShapeKey = {
    modelBytes: model.bytes,
    imageSize: description.imageSize,
    provider: model.computing.provider,
    runtime,
    processor: cpus()[0]?.model ?? 'unknown',
    cores,
  }
  const known = await recallShape(folder, key)
  if (known !== null && shapes.some(({ workers }) => workers >= known.workers)) {
    tell('note', `Inference: ${shapeText(known)}, as measured before.`)
    return known
  }
  const [load = 0] = loadavg()
  if (load > busyLoad * cores) {
    const usual = usualShape(cores)
    tell(
      'note',
      `Inference: ${shapeText(usual)}; the machine is too busy to measure (load ${load.toFixed(1)}).`,
    )
    return usual
  }
  const source = await samplePicture()
  const look = ({ workers, threads }: PoolShape): Promise<unknown> => {
    const computing = { ...model.computing, threads }
    const task = {
      kind: 'detect',
      model: { ...model, computing },
      source,
      settings: detectionDefaults,
    } as const
    return pool.run(task, workers)
  }
  const now = (): number => performance.now()
  const [usual, ...others] = await measureShapes(shapes, look, { milliseconds: measuringMs, now })
  if (usual === undefined) throw new RangeError('There is no shape to measure')
  const shape = fastestShape([usual, ...others])
  const figures = [usual, ...others].map(
    (measured) => `${shapeText(measured.shape)}: ${measured.imagesPerSecond.toFixed(1)} images/s`,
  )
  tell('note', `Inference: ${shapeText(shape)}, measured now (${figures.join('; ')}).`)
  await rememberShape(folder, key, shape)
  return shape
}
