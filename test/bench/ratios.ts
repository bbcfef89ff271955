export interface Figure {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: string
  /** Least and greatest of the rounds. */
  readonly spread: readonly [number, number]
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2
}

/**
 * Ours against theirs round by round: what slows the machine for a while slows both sides of a pair, so the median of
 * ratios is steadier than the ratio of medians.
 */
export function ratioFigure(
  names: Pick<Figure, 'bench' | 'figure'>,
  ours: readonly number[],
  theirs: readonly number[],
): Figure {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} rounds against ${theirs.length}`)
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN))
  return { ...names, value: rounded(median(ratios)), unit: 'ratio', spread: spreadOf(ratios) }
}

export const plainFigure = (
  names: Pick<Figure, 'bench' | 'figure'>,
  values: readonly number[],
  unit: string,
): Figure => ({ ...names, value: rounded(median(values)), unit, spread: spreadOf(values) })

const spreadOf = (values: readonly number[]): [number, number] => [
  rounded(Math.min(...values)),
  rounded(Math.max(...values)),
]

const rounded = (value: number): number => Number(value.toPrecision(4))
