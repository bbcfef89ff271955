import type { LabelledBox } from '../../domain/box.ts'
import { compareBoxSets, type SetComparison } from '../../domain/compare-box-sets.ts'
import { joinByName } from '../../domain/join-by-name.ts'
import { UserError } from '../errors.ts'
import type { AnsweredImage, BoxSet, Picture } from './box-set.ts'

export interface JoinedImage {
  readonly a: readonly LabelledBox[]
  readonly b: readonly LabelledBox[]
  readonly picture: Picture | null
}

export interface ComparedSets {
  readonly comparison: SetComparison
  /** By the name that the comparison calls them. */
  readonly joined: ReadonlyMap<string, JoinedImage>
  readonly onlyInA: number
  readonly onlyInB: number
  readonly ambiguous: number
}

/**
 * Compares two sources on the images that both have answered, without scored boxes below `conf`.
 * @throws UserError BadInput when no image is in both
 */
export function compareSets(a: BoxSet, b: BoxSet, conf: number): ComparedSets {
  const { pairs, ambiguous } = joinByName(
    a.images.map(({ names }) => names),
    b.images.map(({ names }) => names),
  )
  if (pairs.length === 0) throw nothingShared(a, b)
  const joined = new Map<string, JoinedImage>()
  const compared = pairs.flatMap(([first, second]) => {
    const [one, two] = [a.images[first], b.images[second]]
    if (one === undefined || two === undefined) return []
    if (one.size.width !== two.size.width || one.size.height !== two.size.height)
      throw otherSize(one, two, a, b)
    const [image = ''] = one.names
    const boxes = { a: spoken(one.boxes, conf), b: spoken(two.boxes, conf) }
    joined.set(image, { ...boxes, picture: one.picture ?? two.picture })
    return [{ image, group: one.group ?? two.group ?? image, ...boxes }]
  })
  return {
    comparison: compareBoxSets(compared, 'compare'),
    joined,
    onlyInA: a.images.length - pairs.length,
    onlyInB: b.images.length - pairs.length,
    ambiguous,
  }
}

/** A box without a score was never doubted. */
const spoken = (boxes: readonly LabelledBox[], conf: number): LabelledBox[] =>
  boxes.filter(({ score }) => score === null || score >= conf)

const nothingShared = (a: BoxSet, b: BoxSet): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${a.name} and ${b.name} have no image in common.`,
    why: `They know ${a.images.length} and ${b.images.length} images (such as ${example(a)} and ${example(b)}), and no names fit.`,
    fix: 'Images are joined by their paths, then by their file names: see that both call them the same.',
  })

const example = ({ images }: BoxSet): string => images[0]?.names[0] ?? 'none'

const otherSize = (one: AnsweredImage, two: AnsweredImage, a: BoxSet, b: BoxSet): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${one.names[0] ?? ''} is another picture in ${b.name}.`,
    why: `It has ${one.size.width}x${one.size.height} pixels in ${a.name} and ${two.size.width}x${two.size.height} in ${b.name}.`,
    fix: 'Compare boxes that were drawn on the same picture, upright.',
  })
