import type { ImageSize, Xyxy } from './box.ts'
import { boxHeight, boxWidth } from './box.ts'
import type { TrainerName } from './contracts/trainers.ts'
import { short } from './contracts/workflow-ids.ts'

/** The trainer that a plan is made for: part of a training's identity. `recipe` counts changes of its fixed arguments. */
export const trainerIdentity = (
  name: TrainerName,
  version: string,
): { readonly name: TrainerName; readonly version: string; readonly recipe: number } =>
  name === 'ultralytics' ? { name, version: '8.4.190', recipe: 1 } : { name, version, recipe: 1 }

/** The model of our own design that needs no download. */
export const tinyArchitecture = 'tiny'

/** A file of weights that the store holds under its hash: no host has to have it. */
export interface BaseWeights {
  /** As the trainer names it: `yolo11n.pt`. */
  readonly name: string
  readonly sha256: string
}

/** One training, fully specified: part of what `trainKey` is the hash of. */
export interface PlannedArguments {
  /** `tiny` (ours), the name of a file the trainer ships with (`yolo11n.yaml`), or the name of the base weights. */
  readonly architecture: string
  /** SHA-256 of the champion to go on from; null: none. */
  readonly parent: string | null
  /** Weights of somebody else's to begin with; null with a parent, and from scratch. */
  readonly baseWeights: BaseWeights | null
  /** Side of the square the network sees, pixels. */
  readonly imageSize: number
  readonly epochs: number
  readonly batch: number
  readonly learningRate: number
  readonly seed: number
}

export interface TrainingWishes {
  readonly trainer: TrainerName
  /** Without folders. */
  readonly architecture: string
  readonly imageSize: number | 'auto'
  readonly epochs: number | 'auto'
  readonly batch: number
  readonly seed: number
  readonly startFrom: 'champion' | 'scratch'
}

export interface PossibleParent {
  readonly model: string
  readonly architecture: string
  readonly imageSize: number
}

export interface TrainingPlanInput {
  readonly wishes: TrainingWishes
  readonly trainImages: number
  readonly valImages: number
  /** From {@link objectShare} of every box of the training images. */
  readonly objectShares: readonly number[]
  readonly champion: PossibleParent | null
  /** Weights that may be begun with, known to be in the store; a text says why there are none. */
  readonly pretrained: BaseWeights | string
}

export interface PlannedTraining {
  readonly arguments: PlannedArguments
  readonly estimatedSeconds: number
  /** `the champion 0123456789ab`, `yolo11n.pt`, or `scratch` with the reason. */
  readonly startedFrom: string
  /** Said to people. */
  readonly description: string
}

/** Shorter side of an object as a share of the image's longer side: what letterboxing leaves of it. */
export const objectShare = (xyxy: Xyxy, { width, height }: ImageSize): number =>
  Math.min(boxWidth(xyxy), boxHeight(xyxy)) / Math.max(width, height)

const smallestObject = 8
const imageSizes = { step: 32, least: 256, most: 1280 }

/**
 * Side of the network's input at which the 10th percentile of the objects still measures 8 pixels after letterboxing: a
 * multiple of 32 (the stride), 256 to 1280.
 */
export function imageSizeFor(objectShares: readonly number[]): number {
  const ordered = objectShares.filter((share) => share > 0).sort((a, b) => a - b)
  const tenth = ordered[Math.floor((ordered.length - 1) * 0.1)]
  if (tenth === undefined) return imageSizes.least
  const { step, least, most } = imageSizes
  return Math.min(most, Math.max(least, Math.ceil(smallestObject / tenth / step) * step))
}

/** Fewer optimizer steps starve a rare class: on 80 images 250 left it at 0.13 AP50, 400 at 0.39 to 0.65, 500 at 0.74 (measured). */
const stepsFromScratch = 600
const epochBounds = { least: 10, most: 300 }
/** Ten epochs from the champion beat ten from scratch by 0.08 to 0.1 mAP (measured); more would forget less than it costs. */
const warmEpochs = 10

/** Epochs of a training from scratch: enough optimizer steps for few images, enough passes for many. */
export const epochsFromScratch = (trainImages: number, batch: number): number =>
  Math.min(
    epochBounds.most,
    Math.max(epochBounds.least, Math.ceil(stepsFromScratch / Math.max(1, Math.ceil(trainImages / batch)))),
  )

/** A fine-tuned champion moves in smaller steps. Measured with AdamW, batch 8. */
const learningRates = {
  tiny: { scratch: 0.003, warm: 0.001 },
  other: { scratch: 0.002, warm: 0.0007 },
}

/** Seconds of one CPU core for an image at 256 px, training and validating; other sizes cost by area. Measured on two cores. */
const imageSeconds = {
  tiny: { train: 0.042, val: 0.016 },
  other: { train: 0.065, val: 0.022 },
}
const startAndExportSeconds = 15

/** Fixes every argument of a training, so that two attempts at it are the same training. */
export function planTrainingArguments(input: TrainingPlanInput): PlannedTraining {
  const { wishes, trainImages, valImages } = input
  const begin = chooseBeginning(input)
  const { parent, architecture } = begin
  const kind = architecture === tinyArchitecture ? 'tiny' : 'other'
  const imageSize =
    wishes.imageSize === 'auto' ? (parent?.imageSize ?? imageSizeFor(input.objectShares)) : wishes.imageSize
  const epochs =
    wishes.epochs === 'auto'
      ? parent
        ? warmEpochs
        : epochsFromScratch(trainImages, wishes.batch)
      : wishes.epochs
  const cost = imageSeconds[kind]
  const estimatedSeconds =
    startAndExportSeconds +
    epochs * (trainImages * cost.train + valImages * cost.val) * (imageSize / 256) ** 2
  return {
    arguments: {
      architecture,
      parent: parent?.model ?? null,
      baseWeights: begin.baseWeights,
      imageSize,
      epochs,
      batch: wishes.batch,
      learningRate: learningRates[kind][parent ? 'warm' : 'scratch'],
      seed: wishes.seed,
    },
    estimatedSeconds,
    startedFrom: begin.startedFrom,
    description: `${architecture} ${begin.words}, ${imageSize} px, ${epochs} ${plural(epochs, 'epoch')} on ${trainImages} ${plural(trainImages, 'image')}, about ${inWords(estimatedSeconds)} on a CPU`,
  }
}

interface Beginning {
  readonly architecture: string
  readonly parent: PossibleParent | null
  readonly baseWeights: BaseWeights | null
  readonly startedFrom: string
  /** Said in the description. */
  readonly words: string
}

/** True when a training goes on from the champion: it is asked for, and is of the architecture that is asked for. */
export const goesOnFrom = (
  champion: PossibleParent | null,
  { startFrom, architecture }: Pick<TrainingWishes, 'startFrom' | 'architecture'>,
): champion is PossibleParent =>
  startFrom === 'champion' &&
  champion !== null &&
  (architecture === 'auto' || architecture === champion.architecture)

/** The champion when it may be, else the weights at hand, else scratch: the tiny model unless another one is named. */
function chooseBeginning({ wishes, champion, pretrained }: TrainingPlanInput): Beginning {
  const weights = typeof pretrained === 'string' ? null : pretrained
  const isAuto = wishes.architecture === 'auto'
  // Another trainer knows best what it is best at.
  const own = wishes.trainer === 'command' ? 'auto' : tinyArchitecture
  const wanted = isAuto ? (weights?.name ?? own) : wishes.architecture
  if (goesOnFrom(champion, wishes)) {
    return {
      architecture: champion.architecture,
      parent: champion,
      baseWeights: null,
      startedFrom: `the champion ${short(champion.model)}`,
      words: 'from the champion',
    }
  }
  if (weights !== null) {
    const startedFrom = `${weights.name} (SHA-256 ${short(weights.sha256)})`
    return { architecture: wanted, parent: null, baseWeights: weights, startedFrom, words: 'pretrained' }
  }
  const why = typeof pretrained === 'string' ? pretrained : ''
  return {
    architecture: wanted,
    parent: null,
    baseWeights: null,
    startedFrom: why === '' ? 'scratch' : `scratch: ${why}`,
    words: why === '' ? 'from scratch' : `from scratch (${why})`,
  }
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`)

function inWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds / 10) * 10} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3600)} h`
}
