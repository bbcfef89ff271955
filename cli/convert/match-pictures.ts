import { joinByName } from '../../domain/join-by-name.ts'
import { skip, type FoundPicture, type Skipped } from './labelled-picture.ts'

/** An entry of the input that speaks of one picture. */
export interface NamedEntry {
  /** What the skip is filed under. */
  readonly file: string
  /** What the picture may be called. */
  readonly name: string
}

export interface Matched<Entry extends NamedEntry> {
  readonly pairs: readonly (readonly [entry: Entry, picture: FoundPicture])[]
  /** Entries without a picture, and pictures without an entry. */
  readonly skipped: readonly Skipped[]
}

const bare = (name: string): string => (name.split('/').at(-1) ?? name).replace(/\.[^.]+$/, '')

/** Joins entries to the pictures of the folder, by their paths and then by ever less of it; doubt is skipped, never guessed. */
export function matchPictures<Entry extends NamedEntry>(
  entries: readonly Entry[],
  found: readonly FoundPicture[],
): Matched<Entry> {
  const joined = joinByName(
    entries.map(({ name }) => [name]),
    found.map(({ name }) => [name]),
  )
  const pairs = joined.pairs.flatMap(([at, of]) => {
    const [entry, picture] = [entries[at], found[of]]
    return entry === undefined || picture === undefined ? [] : [[entry, picture] as const]
  })
  const taken = new Set(pairs.map(([entry]) => entry))
  const seen = new Set(pairs.map(([, picture]) => picture))
  const stems = new Map<string, number>()
  for (const { name } of found) stems.set(bare(name), (stems.get(bare(name)) ?? 0) + 1)
  const withoutPicture = entries
    .filter((entry) => !taken.has(entry))
    .map(({ file, name }) =>
      stems.has(bare(name))
        ? skip(file, 'ambiguous-picture', `"${name}" fits several pictures, or one that is taken`)
        : skip(file, 'no-picture', `no picture is called "${name}"`),
    )
  const withoutEntry = found
    .filter((picture) => !seen.has(picture))
    .map(({ name }) => skip(name, 'no-labels', 'nothing in the input speaks of this picture'))
  return { pairs, skipped: [...withoutPicture, ...withoutEntry] }
}
