interface WithVector {
  readonly image: string
  readonly group: string
  readonly vector: readonly number[]
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0))

/**
 * Greedy k-centre (Sener and Savarese 2018): again and again the image that is farthest from everything chosen so far, ties by
 * position. Starts from the most typical one (nearest to the mean) when nothing is chosen yet. An image of a group that is
 * there already waits until no other group is left.
 */
export function pickDiverse<Item extends WithVector>(
  candidates: readonly Item[],
  chosen: readonly WithVector[],
  count: number,
): Item[] {
  const left = candidates.map((item) => ({
    item,
    nearest: chosen.length === 0 ? -distance(item.vector, meanOf(candidates)) : nearestTo(item, chosen),
  }))
  const groups = new Set(chosen.map(({ group }) => group))
  const picked: Item[] = []
  while (picked.length < count && left.length > 0) {
    const fresh = left.filter(({ item }) => !groups.has(item.group))
    const farthest = (fresh.length > 0 ? fresh : left).reduce((best, one) =>
      one.nearest > best.nearest ? one : best,
    )
    left.splice(left.indexOf(farthest), 1)
    const first = picked.length === 0 && chosen.length === 0
    picked.push(farthest.item)
    groups.add(farthest.item.group)
    for (const one of left) {
      const away = distance(one.item.vector, farthest.item.vector)
      one.nearest = first ? away : Math.min(one.nearest, away)
    }
  }
  return picked
}

const nearestTo = ({ vector }: WithVector, chosen: readonly WithVector[]): number =>
  Math.min(...chosen.map((other) => distance(vector, other.vector)))

function meanOf(items: readonly WithVector[]): number[] {
  const sums: number[] = []
  for (const { vector } of items) {
    vector.forEach((value, index) => {
      sums[index] = (sums[index] ?? 0) + value / items.length
    })
  }
  return sums
}
