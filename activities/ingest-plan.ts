import { assignGroups, type GroupedImage } from '../domain/grouping.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import { sourceGroupOf, type GroupingMode } from '../domain/source-group.ts'
import type { SplitFractions } from '../domain/split.ts'
import type { ImageToStore } from './store/write-image.ts'

/** A file whose bytes were read. */
export interface ReadFile {
  readonly path: string
  /** SHA-256 of its bytes. */
  readonly image: string
  /** Null: the store has it already. */
  readonly dhash: string | null
}

/** One entry a new image, with all its names, its group and its split. */
export function planImages(
  files: readonly ReadFile[],
  existing: ReadonlyMap<string, ImageRecord>,
  grouping: GroupingMode,
  fractions: SplitFractions,
): ImageToStore[] {
  const known = [...existing.values()].map(({ image, dhash, group, split, sourceGroup }): GroupedImage => {
    return { image, dhash, group, split, sourceGroup: sourceGroup ?? null }
  })
  const incoming = files.flatMap(({ path, image, dhash }) =>
    dhash === null ? [] : [{ path, image, dhash, sourceGroup: sourceGroupOf(path, grouping) }],
  )
  const planned = new Map<string, ImageToStore>()
  assignGroups(known, incoming, fractions).forEach(({ image, group, split }, index) => {
    const { path = '', sourceGroup = null } = incoming[index] ?? {}
    const sources = [...(planned.get(image)?.sources ?? []), path]
    planned.set(image, { sourceGroup, ...planned.get(image), image, group, split, sources })
  })
  return [...planned.values()]
}

/** Names that known images did not have yet. */
export function newNames(files: readonly ReadFile[], existing: ReadonlyMap<string, ImageRecord>) {
  const names = new Map<string, string[]>()
  for (const { path, image } of files) {
    if (existing.get(image)?.sources.includes(path) !== false) continue
    names.set(image, [...(names.get(image) ?? []), path])
  }
  return [...names].map(([image, sources]) => ({ image, sources }))
}
