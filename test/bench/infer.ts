import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  trainerEnvironment,
  writeTrainerSettings,
} from '../../activities/adapters/ultralytics/environment.ts'
import { cacheFolderOf } from '../../infra/toolchain/cache-paths.ts'
import { findToolchain } from '../../infra/toolchain/find-toolchain.ts'
import { benchModel, benchModels, modelFiles } from './bench-models.ts'
import { writeBenchPictures } from './bench-pictures.ts'
import { interleaved, load, say, whileBusy, type Rounds, type SideName } from './interleave.ts'
import { plainFigure, ratioFigure, type Figure } from './ratios.ts'
import { startSide, type BoxesByName, type Side } from './sides/side-process.ts'

/**
 * `npm run bench:infer`: the student in Node against Ultralytics, on the same models and pictures, in interleaved rounds of
 * one run (docs/inference-speed.md). Figures are JSON lines on standard output, everything else goes to standard error.
 */

const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const chosen = process.env.BENCH_MODELS?.split(',')
/** Both are asked for the boxes above one score: chosen so that a model trained a little finds this many an image. */
const boxesAnImage = 12
const limits = { iou: 0.7, maxDetections: 300 }

interface Subject {
  readonly name: string
  readonly imageSize: number
  readonly onnx: string
  /** Null without Ultralytics: then only the floor is measured. */
  readonly theirs: { readonly weights: string; readonly trainer: string } | null
}

const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'))
try {
  say(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${load()}`)
  for await (const subject of subjects()) {
    const sides = await startSides(subject)
    try {
      for (const figure of await measure(subject, sides)) process.stdout.write(`${JSON.stringify(figure)}\n`)
    } finally {
      await Promise.all([...sides.values()].map((side) => side.end()))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function* subjects(): AsyncIterable<Subject> {
  const [trainer] = await findToolchain({ only: ['trainer'] })
  if (trainer === undefined) return
  const cache = join(cacheFolderOf(process.env), 'bench', trainer.version)
  const wanted = benchModels.filter(({ name }) => chosen?.includes(name) ?? true)
  if (trainer.state === 'found') {
    for (const model of wanted) {
      say(`${model.name}: trained a few steps once, kept in ${cache}`)
      const { onnx, weights } = await benchModel(cache, trainer.program, model)
      yield { ...model, onnx, theirs: { weights, trainer: trainer.program } }
    }
    return
  }
  say(
    'Ultralytics is not installed (`understudy doctor` says how): there is nothing to compare with but the floor.',
  )
  const kept = wanted.filter((model) => existsSync(modelFiles(cache, model).onnx))
  for (const model of kept) yield { ...model, onnx: modelFiles(cache, model).onnx, theirs: null }
  if (kept.length > 0) return
  const slow = fileURLToPath(new URL('../fixtures/models/slow.onnx', import.meta.url))
  yield { name: 'fixture-256', imageSize: 256, onnx: slow, theirs: null }
}

async function startSides({ theirs }: Subject): Promise<Map<SideName, Side>> {
  const program = (name: string): string => fileURLToPath(new URL(`sides/${name}`, import.meta.url))
  const sides = new Map<SideName, Side>([
    ['ours', startSide(process.execPath, [program('our-side.ts')], process.env)],
    ['raw', startSide(process.execPath, [program('raw-side.ts')], process.env)],
  ])
  if (theirs === null) return sides
  const config = join(folder, 'config')
  await writeTrainerSettings(config, theirs.trainer)
  const python = join(dirname(theirs.trainer), 'python')
  for (const name of ['onnx', 'torch'] as const) {
    sides.set(
      name,
      startSide(python, [program('ultralytics-side.py')], trainerEnvironment(config, process.env)),
    )
  }
  return sides
}

async function measure(subject: Subject, sides: ReadonlyMap<SideName, Side>): Promise<Figure[]> {
  const { name, imageSize, onnx, theirs } = subject
  const pictures = join(folder, name)
  await writeBenchPictures(pictures, imageSize > 320 ? 16 : 40)
  const task = { model: onnx, folder: pictures, imageSize, confidence: 0.25, ...limits }
  const reference = sides.get('onnx')
  if (reference !== undefined) {
    await reference.load({ ...task, confidence: 0.001 })
    task.confidence = scoreWith(await reference.boxes())
  }
  for (const [side, started] of sides) {
    const model = side === 'torch' ? (theirs?.weights ?? onnx) : onnx
    say(`  ${side}: ${await started.load({ ...task, model })}`)
  }
  const ours = sides.get('ours')
  if (ours !== undefined && reference !== undefined) {
    say(`  confidence ${task.confidence}: ${compare(await ours.boxes(), await reference.boxes())}`)
  }
  const quiet = await interleaved(sides, rounds, 'quiet')
  const pair = new Map([...sides].filter(([side]) => side === 'ours' || side === 'onnx'))
  const busy = pair.size < 2 ? null : await whileBusy(() => interleaved(pair, rounds, 'busy'))
  return figures(subject, quiet, busy)
}

function figures({ name, imageSize }: Subject, quiet: Rounds, busy: Rounds | null): Figure[] {
  const bench = `infer/${name}`
  const of = (all: Rounds | null, side: SideName, what: 'wallMs' | 'cpuMs' | 'peakMb'): number[] =>
    all?.get(side)?.map((round) => round[what]) ?? []
  const wall = of(quiet, 'ours', 'wallMs')
  // The target is for 640 pixels: below, decoding weighs more than computing.
  const floor = imageSize === 640 ? 'raw-floor' : `raw-floor-${imageSize}`
  const list = [ratioFigure({ bench, figure: floor }, wall, of(quiet, 'raw', 'wallMs'))]
  if (busy !== null) {
    list.unshift(
      ratioFigure({ bench, figure: 'ultralytics-onnx-quiet' }, wall, of(quiet, 'onnx', 'wallMs')),
      ratioFigure(
        { bench, figure: 'ultralytics-onnx-busy' },
        of(busy, 'ours', 'wallMs'),
        of(busy, 'onnx', 'wallMs'),
      ),
      ratioFigure({ bench, figure: 'ultralytics-torch' }, wall, of(quiet, 'torch', 'wallMs')),
      ratioFigure({ bench, figure: 'cpu-per-image' }, of(quiet, 'ours', 'cpuMs'), of(quiet, 'onnx', 'cpuMs')),
    )
  }
  for (const [side, done] of quiet) {
    const suffix = side === 'ours' ? '' : `-${side}`
    const images = done[0]?.images ?? 1
    list.push(
      plainFigure({ bench, figure: `peak-memory${suffix}` }, of(quiet, side, 'peakMb'), 'MB'),
      plainFigure(
        { bench, figure: `wall${suffix}` },
        done.map(({ wallMs }) => wallMs / images),
        'ms/image',
      ),
    )
  }
  return list
}

/** The score above which there are about {@link boxesAnImage} boxes an image. */
function scoreWith(boxes: BoxesByName): number {
  const pictures = Object.values(boxes)
  const scores = pictures.flatMap((rows) => rows.map(([, score = 0]) => score)).sort((a, b) => b - a)
  return Number((scores[boxesAnImage * pictures.length] ?? scores.at(-1) ?? 0.001).toPrecision(4))
}

/** A bench of two things that do not do the same would be worth nothing. */
function compare(ours: BoxesByName, theirs: BoxesByName): string {
  const names = Object.keys(theirs)
  const different = names.filter((name) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]))
  const boxes = names.reduce((sum, name) => sum + (theirs[name]?.length ?? 0), 0)
  if (different.length === 0) return `all ${boxes} boxes of ${names.length} pictures equal to the last bit`
  throw new Error(
    `The boxes differ in ${different.length} of ${names.length} pictures: ${different.join(', ')}`,
  )
}
