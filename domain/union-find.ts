export interface UnionFind {
  union(a: number, b: number): void
  /** The item that stands for the group of `item`. */
  find(item: number): number
}

/** Disjoint sets of the numbers 0 to `size - 1` with path halving: nearly linear. */
export function createUnionFind(size: number): UnionFind {
  const parents = Int32Array.from({ length: size }, (_, item) => item)
  const parentOf = (item: number): number => parents[item] ?? item
  const find = (item: number): number => {
    let current = item
    while (parentOf(current) !== current) {
      parents[current] = parentOf(parentOf(current))
      current = parentOf(current)
    }
    return current
  }
  return {
    find,
    union(a, b) {
      const [first, second] = [find(a), find(b)]
      if (first !== second) parents[second] = first
    },
  }
}
