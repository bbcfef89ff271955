const pictureExtension = /\.(png|jpe?g|webp|bmp|tiff?|txt)$/i

const cleaned = (name: string): string =>
  name
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    // A frame of a video as a line of results calls it, and as its file is called.
    .replace(/#t=([\d.]+)$/, '-t$1')

/** The last `parts` parts of a path, or null when it has fewer. */
function tail(name: string, parts: number): string | null {
  const all = name.split('/')
  return all.length < parts ? null : all.slice(-parts).join('/')
}

const levels: readonly ((name: string) => string | null)[] = [
  (name) => name,
  ...[3, 2, 1].map((parts) => (name: string) => tail(name, parts)),
  ...[3, 2, 1].map((parts) => (name: string) => tail(name.replace(pictureExtension, ''), parts)),
]

export interface NameJoin {
  /** Indices into the first and the second list. */
  readonly pairs: readonly (readonly [a: number, b: number])[]
  /** Images that fit more than one of the other list: left out. */
  readonly ambiguous: number
}

/**
 * Pairs images that two sources call by paths from different folders: by the whole path first, then by ever less of its
 * end, last by the bare name without the extension. Only what fits one and no other is paired.
 * @param a the names of each image, one or several
 */
export function joinByName(a: readonly (readonly string[])[], b: readonly (readonly string[])[]): NameJoin {
  const open = { a: new Set(a.keys()), b: new Set(b.keys()) }
  const pairs: [number, number][] = []
  for (const level of levels) {
    const [left, right] = [indexOf(a, open.a, level), indexOf(b, open.b, level)]
    for (const [key, [first, ...others]] of left) {
      const [second, ...rest] = right.get(key) ?? []
      if (first === undefined || second === undefined || others.length + rest.length > 0) continue
      if (!open.a.has(first) || !open.b.has(second)) continue
      open.a.delete(first)
      open.b.delete(second)
      pairs.push([first, second])
    }
  }
  const bare = levels.at(-1) ?? ((name: string) => name)
  const left = indexOf(a, open.a, bare)
  const right = indexOf(b, open.b, bare)
  const doubtful = [...left].flatMap(([key, images]) => (right.has(key) ? images : []))
  return { pairs: pairs.sort(([x], [y]) => x - y), ambiguous: new Set(doubtful).size }
}

/** The open images under each key that one of their names has. */
function indexOf(
  names: readonly (readonly string[])[],
  open: ReadonlySet<number>,
  level: (name: string) => string | null,
): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const image of open) {
    for (const key of new Set(names[image]?.map((name) => level(cleaned(name))))) {
      if (key !== null) index.set(key, [...(index.get(key) ?? []), image])
    }
  }
  return index
}
