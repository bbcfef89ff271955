import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { measureEffort, type Effort } from '../domain/metrics/effort.ts'
import { compareEffort, type PairedAnswer, type PairedEffort } from '../domain/metrics/paired-effort.ts'
import { precisionFigures, type PrecisionFigures } from '../domain/metrics/precision-figures.ts'
import type { DraftRecord } from '../domain/schemas/records/draft.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { judgedImages, pickedImages } from './picked-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readDraftOf } from './store/drafts.ts'
import { listBatches } from './store/batches.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { isByStandIn } from './store/reviews.ts'

/** How one prompt did on the images that both have drafted. */
export interface PromptFigures {
  readonly effort: Effort
  /** Null where boxes have no scores, which is so for all but drafts of several samples. */
  readonly precision: Pick<PrecisionFigures, 'map50' | 'map'> | null
  readonly usdPerImage: number
  readonly tokensPerImage: number
  /** Null when it is not known: drafts of batch jobs. */
  readonly secondsPerImage: number | null
  /** Of the images that were chosen: refused by the teacher, and so left out on both sides. */
  readonly blocked: number
  readonly partial: number
  readonly simulated: boolean
}

export interface PromptComparison {
  readonly images: number
  readonly groups: number
  /** Chosen images that one of the two has no usable draft of. */
  readonly leftOut: number
  readonly a: PromptFigures
  readonly b: PromptFigures
  readonly difference: PairedEffort
  readonly standIn: boolean
  /** Reviewed images whose reviewers were shown a draft: what they left alone favours the prompt that drew it. */
  readonly shownDrafts: number
}

interface Compared extends PairedAnswer {
  readonly image: string
  readonly drafts: { readonly a: DraftRecord; readonly b: DraftRecord }
}

export interface PromptMatch {
  readonly a: string
  readonly b: string
  /** Names of the classes that both know. */
  readonly classes: readonly string[]
  /** True: images that were queued for their errors count, too. */
  readonly all: boolean
  /** Null: every image that both have drafted. */
  readonly pick: { readonly count: number; readonly seed: string; readonly draftedUnder?: string } | null
}

/** Scores two prompt versions on the same reviewed images: those that both have a usable draft of. */
export async function comparePrompts(
  store: ObjectStore,
  project: string,
  { a, b, classes, all, pick }: PromptMatch,
): Promise<PromptComparison> {
  const reviews = await judgedImages(store, project, { all })
  const among = all ? ('reviewed' as const) : ('judged' as const)
  const chosen = pick === null ? [...reviews.keys()] : await pickedImages(store, project, { among, ...pick })
  const known = new Set(classes)
  const seen = { a: { blocked: 0, partial: 0 }, b: { blocked: 0, partial: 0 } }
  const usable = async (image: string, side: 'a' | 'b', promptVersion: string) => {
    const draft = await readDraftOf(store, { project, promptVersion, image })
    if (draft?.status === 'partial') seen[side].partial += 1
    if (draft?.status === 'blocked') seen[side].blocked += 1
    return draft === null || draft.status === 'blocked' ? null : draft
  }
  const found = await pMap(
    chosen.toSorted(),
    async (image): Promise<Compared | null> => {
      const kept = reviews.get(image)
      const drafts = { a: await usable(image, 'a', a), b: await usable(image, 'b', b) }
      if (kept === undefined || drafts.a === null || drafts.b === null) return null
      const { group } = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      const ofKnown = <Box extends { readonly class: string }>(boxes: readonly Box[]): Box[] =>
        boxes.filter((box) => known.has(box.class))
      return {
        image,
        group,
        truth: ofKnown(kept.review.boxes),
        a: ofKnown(drafts.a.boxes),
        b: ofKnown(drafts.b.boxes),
        drafts: { a: drafts.a, b: drafts.b },
      }
    },
    { concurrency: readsAtOnce },
  )
  const images = found.filter((one) => one !== null)
  const seed = `${project} prompts`
  const figures = (side: 'a' | 'b'): PromptFigures => ({
    ...figuresOf(images, side, classes, seed),
    ...seen[side],
  })
  return {
    images: images.length,
    groups: new Set(images.map(({ group }) => group)).size,
    leftOut: chosen.length - images.length,
    a: figures('a'),
    b: figures('b'),
    difference: compareEffort(images, classes, seed),
    standIn: images.some(({ image }) => {
      const kept = reviews.get(image)
      return kept !== undefined && isByStandIn(kept.review)
    }),
    shownDrafts: await countShown(store, project, new Set(images.map(({ image }) => image))),
  }
}

function figuresOf(
  images: readonly Compared[],
  side: 'a' | 'b',
  classes: readonly string[],
  seed: string,
): Omit<PromptFigures, 'blocked' | 'partial'> {
  const scored = images.map(({ group, truth, ...answers }) => ({ group, truth, predicted: answers[side] }))
  const drafts = images.map((one) => one.drafts[side])
  const boxes = scored.flatMap(({ predicted }) => predicted)
  const hasScores = boxes.length > 0 && boxes.every(({ score }) => score !== null)
  const mean = (of: (draft: DraftRecord) => number): number =>
    drafts.reduce((sum, draft) => sum + of(draft), 0) / Math.max(1, drafts.length)
  const isTimed = drafts.length > 0 && drafts.every(({ seconds }) => seconds !== undefined)
  return {
    effort: measureEffort(scored, classes, seed),
    precision: hasScores ? precisionFigures(scored, classes, seed) : null,
    usdPerImage: mean(({ usd }) => usd),
    tokensPerImage: mean(({ usage }) => usage.prompt + usage.output + usage.thoughts),
    secondsPerImage: isTimed ? mean(({ seconds = 0 }) => seconds) : null,
    simulated: drafts.some(isSimulated),
  }
}

async function countShown(store: ObjectStore, project: string, images: ReadonlySet<string>): Promise<number> {
  const shown = new Set<string>()
  for await (const { lines } of listBatches(store, project)) {
    for (const { image, undrafted } of lines) if (undrafted !== true && images.has(image)) shown.add(image)
  }
  return shown.size
}
