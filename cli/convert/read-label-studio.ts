import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ImageSize } from '../../domain/box.ts'
import { readAnswer } from '../../domain/formats/label-studio-answer.ts'
import { imageNameOf } from '../../domain/formats/label-studio-tasks.ts'
import { LabelStudioTask } from '../../domain/schemas/box-files.ts'
import { UserError } from '../errors.ts'
import {
  nominalSize,
  skip,
  type LabelledPicture,
  type Reading,
  type ReadingContext,
  type Skipped,
} from './labelled-picture.ts'
import { matchPictures, type NamedEntry } from './match-pictures.ts'

interface TaskEntry extends NamedEntry {
  readonly regions: readonly Readonly<Record<string, unknown>>[]
}

/**
 * A JSON export of Label Studio, or a file for its import: the latest answer of each task, else its first prediction. What
 * was skipped by the person or has neither is skipped here too.
 * @throws UserError BadInput when the file is no list of tasks
 */
export async function readLabelStudioFile(path: string, context: ReadingContext): Promise<Reading> {
  const tasks = parseTasks(path, await readFile(path, 'utf8'))
  const skipped: Skipped[] = []
  const entries = tasks.flatMap((task, index): TaskEntry[] => {
    const file = `task ${index + 1}`
    const address = addressOf(task)
    if (address === null) {
      skipped.push(skip(file, 'no-picture', 'its data names no picture'))
      return []
    }
    const regions = regionsOf(task)
    if (regions === null)
      skipped.push(skip(file, 'no-labels', `${address} has neither answer nor prediction`))
    return regions === null ? [] : [{ file, name: imageNameOf(address, context.imagePrefix), regions }]
  })
  const matched = context.found === null ? null : matchPictures(entries, context.found)
  if (matched !== null) skipped.push(...matched.skipped)
  const classes = context.classes ?? labelsIn(entries)
  const pictures: LabelledPicture[] = []
  for (const [entry, picture] of matched?.pairs ?? entries.map((each) => [each, null] as const)) {
    const known = picture?.size ?? shownSize(entry)
    const size = known ?? nominalSize
    const boxes = boxesOf(entry, size, classes, skipped)
    if (boxes !== null)
      pictures.push({ name: picture?.name ?? entry.name, size, sizeKnown: known !== null, boxes })
  }
  return { pictures, classes, skipped }
}

function parseTasks(path: string, text: string): LabelStudioTask[] {
  try {
    return z.array(LabelStudioTask).parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError({
      code: 'BadInput',
      what: `${path} is no list of Label Studio's tasks.`,
      why: cause instanceof z.ZodError ? z.prettifyError(cause) : 'It is not JSON.',
      fix: 'Export the project as "JSON" (not "JSON-MIN"), and give that file.',
      cause,
    })
  }
}

/** `image`, or the first text that names a picture. */
function addressOf({ data }: LabelStudioTask): string | null {
  const texts = [data['image'], ...Object.values(data)].filter((value) => typeof value === 'string')
  return texts.find((text) => text === data['image'] || /\.(png|jpe?g|webp)\b/i.test(text)) ?? null
}

function regionsOf({ annotations, predictions }: LabelStudioTask): TaskEntry['regions'] | null {
  const given = annotations.filter((answer) => !answer.was_cancelled)
  const latest = given.toSorted((a, b) => a.updated_at.localeCompare(b.updated_at)).at(-1)
  if (latest === undefined && annotations.length > 0) return null
  return (latest ?? predictions[0])?.result ?? null
}

const Sized = z.object({ original_width: z.number().min(2), original_height: z.number().min(2) })

function shownSize({ regions }: TaskEntry): ImageSize | null {
  for (const region of regions) {
    const { data } = Sized.safeParse(region)
    if (data !== undefined) return { width: data.original_width, height: data.original_height }
  }
  return null
}

const Labels = z.object({
  value: z.object({
    rectanglelabels: z.array(z.string()).optional(),
    polygonlabels: z.array(z.string()).optional(),
  }),
})

function labelsIn(entries: readonly TaskEntry[]): string[] {
  const regions = entries.flatMap((entry) => entry.regions)
  const labels = regions.flatMap((region) => {
    const { data } = Labels.safeParse(region)
    return data?.value.rectanglelabels ?? data?.value.polygonlabels ?? []
  })
  return [...new Set(labels)]
}

/** Kinds of notes that say that something is missing. */
const losses: ReadonlySet<string> = new Set(['no-label', 'degenerate'])

function boxesOf(
  { file, regions }: TaskEntry,
  size: ImageSize,
  classes: readonly string[],
  skipped: Skipped[],
): LabelledPicture['boxes'] | null {
  // Predictions carry no size of the picture; only an answer without one was given blindly.
  const shown = { original_width: size.width, original_height: size.height }
  const result = regions.map((region) => ({ ...shown, ...region }))
  const answer = readAnswer({ result, skipped: false }, { size, classes })
  if (answer.outcome === 'refused') {
    skipped.push({ file, kind: answer.refusal.code, detail: answer.refusal.detail })
    return null
  }
  if (answer.outcome === 'skipped') return null
  skipped.push(...answer.notes.filter(({ kind }) => losses.has(kind)).map((note) => ({ file, ...note })))
  return answer.boxes.map(({ origin: _origin, region: _region, ...box }) => box)
}
