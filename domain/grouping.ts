import type { Split } from './contracts/splits.ts'
import { createDhashIndex, isUninformative } from './near-duplicates.ts'
import { splitOfGroup, type SplitFractions } from './split.ts'
import { createUnionFind } from './union-find.ts'

/** An image that has its group and split already: it keeps both for ever. */
export interface GroupedImage {
  readonly image: string
  readonly dhash: string
  readonly group: string
  readonly split: Split
  /** Source group it was ingested with ({@link sourceGroupOf}): joins later files of the same recording to it. */
  readonly sourceGroup?: string | null
}
export interface ImageToGroup {
  readonly image: string
  readonly dhash: string
  readonly sourceGroup: string | null
}
export interface GroupAssignment {
  readonly image: string
  readonly group: string
  readonly split: Split
}

/**
 * Groups and splits of new images: images of one source group and near-duplicates (dHash) belong together, and a group
 * stands in one split. New images that belong to a known group take its split. An image whose own links lead to groups
 * of different splits is quarantined; where only a chain of new images connects different splits, all of the chain is.
 * A near-duplicate of a quarantined image is quarantined too. Nothing depends on the order of the input, and images
 * added later never change earlier answers. One answer for each incoming entry, in their order.
 */
export function assignGroups(
  existing: readonly GroupedImage[],
  incoming: readonly ImageToGroup[],
  fractions: SplitFractions,
): GroupAssignment[] {
  const answers = new Map<string, GroupAssignment>()
  for (const { image, group, split } of existing) answers.set(image, { image, group, split })
  const fresh = incoming.filter(({ image }) => !answers.has(image))

  const anchors = findAnchors(existing, fresh)
  const isBridge = (image: string): boolean => (anchors.get(image)?.size ?? 0) > 1
  for (const { image } of fresh) if (isBridge(image)) answers.set(image, quarantined(image))

  for (const members of componentsOf(fresh.filter(({ image }) => !isBridge(image)))) {
    const known = mergeAnchors(members.map(({ image }) => anchors.get(image)))
    const place = placeOf(members, known, fractions)
    for (const { image } of members) answers.set(image, place ? { image, ...place } : quarantined(image))
  }
  return incoming.map(({ image }) => answers.get(image) ?? quarantined(image))
}

/** The groups something is tied to: of each split the first by name. More than one split is a bridge. */
type Anchors = Map<Split, string>

function addAnchor(anchors: Anchors, split: Split, group: string): void {
  const other = anchors.get(split)
  if (other === undefined || group < other) anchors.set(split, group)
}

function mergeAnchors(all: readonly (Anchors | undefined)[]): Anchors {
  const merged: Anchors = new Map()
  for (const anchors of all) for (const [split, group] of anchors ?? []) addAnchor(merged, split, group)
  return merged
}

/** What each new image is itself tied to among the existing ones: by its recording and by its looks. */
function findAnchors(
  existing: readonly GroupedImage[],
  fresh: readonly ImageToGroup[],
): Map<string, Anchors> {
  const bySource = anchorsBySource(existing)
  const byHash = new Map<string, Anchors>()
  for (const { dhash, split, group } of existing) {
    const anchors = byHash.get(dhash) ?? new Map<Split, string>()
    addAnchor(anchors, split, group)
    byHash.set(dhash, anchors)
  }
  const hashes = [...byHash.keys()]
  const index = createDhashIndex(hashes.length)
  for (const hash of hashes) index.add(hash)
  const nearHash = new Map<string, Anchors>()
  for (const hash of new Set(fresh.map(({ dhash }) => dhash))) {
    const near: Anchors[] = []
    index.visitNear(hash, (number) => near.push(byHash.get(hashes[number] ?? '') ?? new Map()))
    nearHash.set(hash, mergeAnchors(near))
  }

  const anchors = new Map<string, Anchors>()
  for (const { image, dhash, sourceGroup } of fresh) {
    const ofSource = sourceGroup === null ? undefined : bySource.get(sourceGroup)
    anchors.set(image, mergeAnchors([anchors.get(image), ofSource, nearHash.get(dhash)]))
  }
  return anchors
}

/** The groups and splits a recording is known in: normally one. */
function anchorsBySource(existing: readonly GroupedImage[]): Map<string, Anchors> {
  const bySource = new Map<string, Anchors>()
  const note = (source: string, { split, group }: GroupedImage): void => {
    const anchors = bySource.get(source) ?? new Map<Split, string>()
    addAnchor(anchors, split, group)
    bySource.set(source, anchors)
  }
  for (const image of existing) {
    // A quarantined image says nothing of the rest of its recording.
    if (image.split === 'quarantined') continue
    if (typeof image.sourceGroup === 'string') note(image.sourceGroup, image)
    if (image.group.startsWith(sourcePrefix)) note(image.group.slice(sourcePrefix.length), image)
  }
  return bySource
}

/** New images that belong together, by recording and by looks. */
function componentsOf(fresh: readonly ImageToGroup[]): ImageToGroup[][] {
  const nodes = new Map<string, number>()
  const hashes = [...new Set(fresh.map(({ dhash }) => dhash))]
  for (const hash of hashes) nodes.set(`hash ${hash}`, nodes.size)
  const node = (name: string): number => {
    const known = nodes.get(name) ?? nodes.size
    nodes.set(name, known)
    return known
  }
  const union = createUnionFind(hashes.length + 2 * fresh.length)

  const index = createDhashIndex(hashes.length)
  hashes.forEach((hash, number) => {
    index.visitNear(hash, (other) => union.union(other, number))
    index.add(hash)
  })
  for (const { image, dhash, sourceGroup } of fresh) {
    if (!isUninformative(dhash)) union.union(node(`image ${image}`), node(`hash ${dhash}`))
    if (sourceGroup !== null) union.union(node(`image ${image}`), node(`source ${sourceGroup}`))
  }

  const components = new Map<number, ImageToGroup[]>()
  for (const entry of fresh) {
    const root = union.find(node(`image ${entry.image}`))
    const members = components.get(root)
    if (members) members.push(entry)
    else components.set(root, [entry])
  }
  return [...components.values()]
}

const sourcePrefix = 'source:'

const smallest = (names: readonly string[]): string | undefined =>
  names.reduce<string | undefined>(
    (least, name) => (least === undefined || name < least ? name : least),
    undefined,
  )

const quarantined = (image: string): GroupAssignment => ({
  image,
  group: `quarantined:${image}`,
  split: 'quarantined',
})

/** Where a component of new images belongs: to the group it is tied to, or to one of its own. */
function placeOf(
  members: readonly ImageToGroup[],
  known: Anchors,
  fractions: SplitFractions,
): { group: string; split: Split } | null {
  const [tie] = known
  if (tie !== undefined)
    return known.size > 1 || tie[0] === 'quarantined' ? null : { split: tie[0], group: tie[1] }
  const source = smallest(members.flatMap(({ sourceGroup }) => sourceGroup ?? []))
  const group =
    source === undefined
      ? `image:${smallest(members.map(({ image }) => image)) ?? ''}`
      : `${sourcePrefix}${source}`
  return { group, split: splitOfGroup(group, fractions) }
}
