import { storeKeys } from '../domain/contracts/store-keys.ts'
import { clampToImage, isDegenerate } from '../domain/box.ts'
import { joinByName } from '../domain/join-by-name.ts'
import { placeBoxes, type LabelledFile, type ReadLabels, type SkippedLabel } from '../domain/label-files.ts'
import type { ClassTable } from '../domain/ontology.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { ImportedReview, type labelFormats } from '../domain/schemas/records/review.ts'
import { hashOf } from './content-hash.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { createIngest, IngestRequest, IngestResult } from './ingesting.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { requireRecord, writeRecordOnce } from './store/records.ts'
import { isImported, latestReviews, type KeptReview } from './store/reviews.ts'
import { storedBox } from './stored-box.ts'

export interface LabelImport extends Omit<IngestRequest, 'onFile'> {
  readonly format: (typeof labelFormats)[number]
  /** Name of the labels file or folder: kept with every review. */
  readonly from: string
  readonly labels: ReadLabels
  readonly classes: ClassTable
  /** Leave out boxes of classes that the config does not have, instead of refusing the import. */
  readonly ignoreUnknownClasses: boolean
}

export interface LabelImportResult {
  /** Images whose labels were taken now. */
  readonly images: number
  /** Images that had these very labels already. */
  readonly known: number
  /** Boxes of the images that were taken, and how many of those images have none. */
  readonly boxes: number
  readonly empty: number
  readonly classes: Readonly<Record<string, number>>
  /** Pictures of the folder that the labels do not name: ingested, not reviewed. */
  readonly unlabelled: number
  readonly skipped: readonly SkippedLabel[]
  readonly ingest: IngestResult
}

/** Brings a folder's pictures in as any others, and existing labels of them as reviews that say where they come from. */
export function createLabelImport({
  store,
  ingest,
  now,
}: {
  readonly store: ObjectStore
  readonly ingest: ReturnType<typeof createIngest>
  readonly now: () => Date
}) {
  return async function importLabels(request: LabelImport): Promise<LabelImportResult> {
    const { project, labels, format, from } = request
    const skipped = [...labels.skipped]
    const skip = (file: string, reason: SkippedLabel['reason'], detail: string): void => {
      skipped.push({ file, reason, detail })
    }
    const files = mapClasses(labels.files, request, skip)
    const imageOf = new Map<string, string>()
    const ingested = await ingest({ ...request, onFile: (path, image) => imageOf.set(path, image) })
    const paths = [...imageOf.keys()]
    const refused = ingested.failed.map(({ path }) => path)
    const { pairs, missing } = pairFiles(files, paths, refused, skip)
    const latest = await latestReviews(store, project)
    const taken = new Map<string, string>()
    const counts = { images: 0, known: 0, boxes: 0, empty: 0 }
    const classes = new Map(request.classes.names.map((name) => [name, 0]))

    for (const [file, path] of pairs) {
      request.signal.throwIfAborted()
      const image = imageOf.get(path) ?? ''
      const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      const boxes = place(file, record, skip)
      if (boxes === null) continue
      const content = contentOf(boxes)
      const other = taken.get(image)
      if (other !== undefined) {
        if (other !== content)
          skip(file.file, 'same-picture', `${path} is a picture that has other labels under another name`)
        continue
      }
      taken.set(image, content)
      const kept = latest.get(image)
      if (kept !== undefined && !isImported(kept.review)) {
        skip(file.file, 'reviewed-here', 'a person has reviewed it here since, and that stays')
        continue
      }
      counts.known += isSame(kept, content) ? 1 : 0
      if (isSame(kept, content)) continue
      const at = now().toISOString()
      await writeRecordOnce(
        store,
        storeKeys(project).importedReview(image, content.slice(0, 16), at),
        ImportedReview,
        {
          v: 1,
          image,
          createdAt: at,
          updatedAt: at,
          outcome: 'accepted',
          imported: { format, from, file: file.file },
          boxes,
          notes: [],
        },
      )
      counts.images += 1
      counts.boxes += boxes.length
      counts.empty += boxes.length === 0 ? 1 : 0
      for (const { class: name } of boxes) classes.set(name, (classes.get(name) ?? 0) + 1)
    }
    for (const { file, why } of missing) skip(file, why, missingDetail[why])
    return {
      ...counts,
      classes: Object.fromEntries(classes),
      unlabelled: paths.length - pairs.length,
      skipped,
      ingest: ingested,
    }
  }
}

type Skip = (file: string, reason: SkippedLabel['reason'], detail: string) => void

/** The same boxes in another order are the same labels. */
const contentOf = (boxes: ImportedReview['boxes']): string => hashOf(boxes.map((box) => hashOf(box)).sort())

const isSame = (kept: KeptReview | undefined, content: string): boolean =>
  kept !== undefined && contentOf(kept.review.boxes) === content

/** Every box under the name its class has here. @throws AdapterError BadInput with every word that is no class */
function mapClasses(
  files: readonly LabelledFile[],
  { classes, ignoreUnknownClasses }: LabelImport,
  skip: Skip,
): LabelledFile[] {
  const unknown = new Map<string, number>()
  const mapped = files.map((file): LabelledFile => {
    const boxes = file.boxes.flatMap((box) => {
      const name = classes.find(box.class)
      if (name !== null) return [{ ...box, class: name }]
      unknown.set(box.class, (unknown.get(box.class) ?? 0) + 1)
      return []
    })
    return { ...file, boxes }
  })
  const listed = [...unknown].map(([word, boxes]) => `${word} (${boxes} boxes)`).join(', ')
  if (unknown.size > 0 && !ignoreUnknownClasses) {
    throw new AdapterError('BadInput', `The labels hold classes that the project does not have: ${listed}.`, {
      retryable: false,
      hint: 'Add each to `classes` in understudy.yaml, as a class or among the `aliases` of one; or leave their boxes out with --ignore-unknown-classes. Nothing was imported.',
    })
  }
  for (const [word, boxes] of unknown) skip('', 'class-not-wanted', `${boxes} boxes of ${word} were left out`)
  return mapped
}

type Missing = 'image-missing' | 'image-refused' | 'ambiguous-name' | 'named-twice'
const missingDetail: Readonly<Record<Missing, string>> = {
  'image-missing': 'no picture of that name lies in the folder',
  'image-refused': 'its picture cannot be used: see the failed files',
  'ambiguous-name': 'several pictures of that name lie in the folder: name it by its path',
  'named-twice': 'the labels name it more than once',
}

/** Which picture each entry of the labels means; what means none, and why. */
function pairFiles(
  files: readonly LabelledFile[],
  paths: readonly string[],
  refused: readonly string[],
  skip: Skip,
): { pairs: [LabelledFile, string][]; missing: { file: string; why: Missing }[] } {
  const byName = new Map<string, LabelledFile>()
  for (const file of files) {
    if (byName.has(file.file)) skip(file.file, 'named-twice', missingDetail['named-twice'])
    else byName.set(file.file, file)
  }
  const wanted = [...byName.values()]
  const joined = joinByName(
    wanted.map(({ file }) => [file]),
    [...paths, ...refused].map((path) => [path]),
  )
  const places = new Map(joined.pairs)
  const pairs: [LabelledFile, string][] = []
  const missing: { file: string; why: Missing }[] = []
  const known = new Set([...paths, ...refused].map(bareName))
  wanted.forEach((file, index) => {
    const place = places.get(index)
    const path = place === undefined ? undefined : paths[place]
    if (path !== undefined) pairs.push([file, path])
    else if (place !== undefined) missing.push({ file: file.file, why: 'image-refused' })
    else
      missing.push({
        file: file.file,
        why: known.has(bareName(file.file)) ? 'ambiguous-name' : 'image-missing',
      })
  })
  return { pairs, missing }
}

const bareName = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^.*\//, '')
    .replace(/\.[^.]+$/, '')
    .toLowerCase()

/** The boxes as they are stored, or null when they cannot be placed on the picture. */
function place(file: LabelledFile, record: ImageRecord, skip: Skip): ImportedReview['boxes'] | null {
  const placed = placeBoxes(file, record)
  if (placed === null) {
    const size = file.size === 'shares' ? '' : `${file.size.width}x${file.size.height}`
    skip(
      file.file,
      'size-differs',
      `the labels are for ${size}, the picture is ${record.width}x${record.height} as displayed`,
    )
    return null
  }
  return placed.flatMap((box) => {
    if (!isDegenerate(clampToImage(box.xyxy, record))) return [storedBox(box)]
    skip(file.file, 'bad-box', `${box.class} at ${box.xyxy.join(', ')} is thinner than a pixel, or outside`)
    return []
  })
}
