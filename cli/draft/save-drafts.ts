import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { composeDrafts, DraftedPicture } from '../../activities/compose-drafts.ts'
import { classColour } from '../../domain/class-colours.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'

type Annotations = Parameters<ReturnType<typeof composeDrafts>['annotate']>[1]

/** The boxes and outlines of a draft, in the colours that the classes have everywhere. */
export const draftAnnotations = ({ draft }: DraftedPicture, classes: readonly string[]): Annotations =>
  draft.boxes.map(({ class: name, score, xyxy, polygons }) => ({
    label: score === null ? name : `${name} ${score.toFixed(2)}`,
    colour: classColour(classes.indexOf(name)),
    xyxy,
    polygons,
  }))

/** What is written about a draft, in pixels of the image as displayed. */
const draftAsJson = ({ image, sources, size, draft }: DraftedPicture) => ({
  image: sources[0] ?? image,
  sha256: image,
  ...size,
  status: draft.status,
  boxes: draft.boxes.map(({ class: name, score, xyxy, polygons }) => ({
    class: name,
    score,
    xyxy,
    ...(polygons === undefined ? {} : { polygons }),
  })),
  faults: draft.faults,
  blockReason: draft.blockReason,
  teacher: draft.teacher,
  tokens: draft.usage,
  usd: draft.usd,
})

/** Writes `photo.jpg.json` and `photo.jpg.png` for each draft; a second image of a name gets its hash before it. */
export async function saveDrafts(
  drafted: AsyncIterable<DraftedPicture>,
  {
    folder,
    classes,
    annotate,
    onSaved,
  }: {
    readonly folder: string
    readonly classes: readonly string[]
    readonly annotate: ReturnType<typeof composeDrafts>['annotate']
    readonly onSaved: (count: number) => void
  },
): Promise<number> {
  await mkdir(folder, { recursive: true })
  const taken = new Set<string>()
  let count = 0
  for await (const picture of drafted) {
    const wanted = basename((picture.sources[0] ?? picture.image).replaceAll('\\', '/'))
    const name = taken.has(wanted) ? `${short(picture.image)}-${wanted}` : wanted
    taken.add(name)
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(draftAsJson(picture), null, 2)}\n`)
    const drawn = await annotate(await picture.load(), draftAnnotations(picture, classes))
    await writeFile(join(folder, `${name}.png`), drawn)
    count += 1
    onSaved(count)
  }
  return count
}
