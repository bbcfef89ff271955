import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabelledBox } from '../../domain/box.ts'
import type { Difference, ImageComparison } from '../../domain/compare-box-sets.ts'
import type { JoinedImage } from './compare-sets.ts'

const agreedColour = '#3cb44b'
const differentColour = '#e6194b'
/** Neither right nor wrong. */
const crowdColour = '#a9a9a9'

/**
 * Writes a picture an image, A left and B right: green where they agree, red with the kind where they differ. Returns the
 * file, or null when the picture is not at hand.
 */
export async function saveSideBySide(
  { image, differences }: ImageComparison,
  { a, b, picture }: JoinedImage,
  { folder, rank }: { readonly folder: string; readonly rank: number },
): Promise<string | null> {
  if (picture === null) return null
  const { sideBySide } = await import('../../activities/compose-comparison.ts')
  const encoded = typeof picture === 'string' ? await readFile(picture) : await picture()
  const drawn = await sideBySide(encoded, annotated(a, differences, 'a'), annotated(b, differences, 'b'))
  const plain = image.replaceAll(/[/\\#:]+/g, '-').replace(/^[-.]+/, '')
  const file = join(folder, `${String(rank).padStart(3, '0')}-${plain}.png`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, drawn)
  return file
}

/**
 * Only what differs is labelled, and drawn last: on a crowded picture the labels of all boxes cover each other, and those of
 * agreed ones tell nothing.
 */
function annotated(boxes: readonly LabelledBox[], differences: readonly Difference[], side: 'a' | 'b') {
  const kinds = new Map(differences.map((difference) => [difference[side], difference.kind]))
  const drawn = boxes.map((box) => {
    if (box.crowd === true) return { xyxy: box.xyxy, label: `${box.class} crowd`, colour: crowdColour }
    const kind = kinds.get(box)
    if (kind === undefined) return { xyxy: box.xyxy, polygons: box.polygons, label: '', colour: agreedColour }
    const name = box.score === null ? box.class : `${box.class} ${box.score.toFixed(2)}`
    return { xyxy: box.xyxy, polygons: box.polygons, label: `${name} ${kind}`, colour: differentColour }
  })
  return drawn.toSorted((one, other) => Number(one.label !== '') - Number(other.label !== ''))
}
