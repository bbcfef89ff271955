import {
  boxArea,
  boxHeight,
  boxWidth,
  clampToImage,
  isDegenerate,
  type ImageSize,
  type Xyxy,
} from '../../domain/box.ts'
import { intersectionArea } from '../../domain/iou.ts'
import type { ErrorProfile } from './profiles.ts'
import { gammaOfMeanOne, normal, pick, poisson, type Random } from './sampling.ts'

/** A published label, or what the simulated teacher makes of it: pixels of the displayed image. */
export interface Drawn {
  readonly class: string
  readonly xyxy: Xyxy
}

/** Side of an average object of a class against the image's, both as square roots of areas. */
export type TypicalSides = ReadonlyMap<string, number>

export const relativeSide = (xyxy: Xyxy, { width, height }: ImageSize): number =>
  Math.sqrt(boxArea(xyxy) / (width * height))

/**
 * What a teacher with this profile draws where the truth is known. The same `random`s give the same drawing. One hardness
 * is drawn for the image and multiplies every chance (never above 0.9), so that errors cluster as a real teacher's do.
 */
export function drawLikeTeacher(
  truth: readonly Drawn[],
  size: ImageSize,
  typical: TypicalSides,
  profile: ErrorProfile,
  random: Random,
  hardnessRandom: Random = random,
): Drawn[] {
  const hardness = gammaOfMeanOne(hardnessRandom, profile.hardnessShape)
  const chance = (base: number): boolean => random() < Math.min(0.9, base * hardness)
  const drawn: Drawn[] = []
  const grouped = new Set<Drawn>()
  for (const object of truth) {
    if (grouped.has(object)) continue
    if (chance(missedChance(object, size, profile))) continue
    const neighbour = truth.find((other) => other !== object && !grouped.has(other) && touch(object, other))
    const isGroup = neighbour !== undefined && chance(profile.grouped)
    if (isGroup) grouped.add(neighbour)
    const around = isGroup ? union(object.xyxy, neighbour.xyxy) : object.xyxy
    const name = confusedClass(object, size, typical, profile.swapped, chance, random)
    const { usual, loose, looseShare } = profile.jitter
    drawn.push({ class: name, xyxy: jittered(around, chance(looseShare) ? loose : usual, random) })
    if (chance(profile.duplicated)) drawn.push({ class: name, xyxy: jittered(around, loose, random) })
  }
  for (let left = poisson(random, profile.invented * hardness); left > 0; left -= 1) {
    const invention = invent(size, typical, random)
    if (invention !== null) drawn.push(invention)
  }
  return drawn
    .map(({ class: name, xyxy }) => ({ class: name, xyxy: clampToImage(xyxy, size) }))
    .filter(({ xyxy }) => !isDegenerate(xyxy))
}

function missedChance({ xyxy }: Drawn, size: ImageSize, { missed }: ErrorProfile): number {
  const side = relativeSide(xyxy, size)
  if (side < 0.1) return missed.small
  return side < 0.25 ? missed.medium : missed.large
}

/** Objects are taken for another class the more easily the more they have its usual size. */
function confusedClass(
  { class: name, xyxy }: Drawn,
  size: ImageSize,
  typical: TypicalSides,
  base: number,
  chance: (base: number) => boolean,
  random: Random,
): string {
  const other = pick(
    random,
    [...typical.keys()].filter((candidate) => candidate !== name),
  )
  const side = other === null ? undefined : typical.get(other)
  if (other === null || side === undefined) return name
  const likeness = Math.exp(-Math.abs(Math.log(relativeSide(xyxy, size) / side)))
  return chance(base * likeness) ? other : name
}

function touch(a: Drawn, b: Drawn): boolean {
  return a.class === b.class && intersectionArea(a.xyxy, b.xyxy) > 0
}

const union = (a: Xyxy, b: Xyxy): Xyxy => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]

function jittered(xyxy: Xyxy, deviation: number, random: Random): Xyxy {
  const dx = (): number => normal(random) * deviation * boxWidth(xyxy)
  const dy = (): number => normal(random) * deviation * boxHeight(xyxy)
  const [x1, y1, x2, y2] = [xyxy[0] + dx(), xyxy[1] + dy(), xyxy[2] + dx(), xyxy[3] + dy()]
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
}

/** A box around nothing, of a class's usual size, anywhere. */
function invent({ width, height }: ImageSize, typical: TypicalSides, random: Random): Drawn | null {
  const name = pick(random, [...typical.keys()])
  const side = (name === null ? 0 : (typical.get(name) ?? 0)) * Math.sqrt(width * height)
  if (name === null || side === 0) return null
  const w = Math.min(width, side * (0.7 + 0.6 * random()))
  const h = Math.min(height, side * (0.7 + 0.6 * random()))
  const x = random() * (width - w)
  const y = random() * (height - h)
  return { class: name, xyxy: [x, y, x + w, y + h] }
}
