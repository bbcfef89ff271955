import type { PromptComparison, PromptFigures } from '../../activities/compose-prompts.ts'
import type { DraftPick } from '../../domain/contracts/activities.ts'
import { promptVerdict, type PromptVerdict } from '../../domain/prompt-verdict.ts'
import type { HandlerContext } from '../command.ts'
import { teacherOf } from '../cycle/before-spending.ts'
import { UserError } from '../errors.ts'
import { openProject } from '../project.ts'
import { draftMissing } from './draft-missing.ts'
import {
  changedConfig,
  findSide,
  hasChange,
  sideOfConfig,
  type PromptChange,
  type PromptSide,
  type SideContext,
} from './prompt-side.ts'

export interface CompareWishes extends PromptChange {
  readonly a: string
  readonly b?: string | undefined
  readonly limit?: number | undefined
  readonly budget?: number | undefined
  readonly seed: string
  readonly allReviewed: boolean
  readonly simulate: boolean
  readonly dryRun: boolean
  readonly yes: boolean
}

export interface SideView extends Omit<PromptFigures, 'effort' | 'precision'> {
  readonly name: string
  readonly promptVersion: string
  readonly model: string
  readonly thinking: string
  readonly f1: PromptFigures['effort']['f1']
  readonly precision: number
  readonly recall: number
  readonly editsPerImage: PromptFigures['effort']['editsPerImage']
  /** Null: the boxes have no scores. */
  readonly map50: PromptFigures['effort']['f1'] | null
  readonly map: PromptFigures['effort']['f1'] | null
}

export interface PromptsCompared extends Pick<
  PromptComparison,
  'images' | 'groups' | 'leftOut' | 'shownDrafts' | 'standIn' | 'difference'
> {
  readonly project: string
  readonly verdict: PromptVerdict['verdict']
  readonly words: string
  readonly a: SideView
  readonly b: SideView
  /** Classes that only one of the two knows: not scored. */
  readonly otherClasses: readonly string[]
  /** True: images that were queued for their errors are among them. */
  readonly allReviewed: boolean
}

/** So many reviewed images are drafted for a comparison unless more or fewer are asked for. */
const usualImages = 50

/** Scores two prompts on the same reviewed images; what lacks drafts is drafted first. Null when nothing was to be started. */
export async function compareTwoPrompts(
  wishes: CompareWishes,
  context: HandlerContext,
): Promise<PromptsCompared | null> {
  const project = await openProject(context.folder)
  const { name, config, settings } = project
  const { endpoint } = teacherOf(project, wishes.simulate)
  const { composePrompts } = await import('../../activities/compose-prompts.ts')
  const library = composePrompts(settings.store, name)
  const [a, b] = await sidesOf(wishes, { config, endpoint, library })
  const all = wishes.allReviewed
  const common = await library.draftedByAll([a.promptVersion, b.promptVersion], { all })
  const pick = pickFor(wishes, common, [a, b])
  if (pick !== null) {
    const current = (await sideOfConfig('current', config, { endpoint })).promptVersion
    const { simulate, dryRun, yes, budget: budgetUsd = null } = wishes
    const drafting = { pick, simulate, dryRun, yes, budgetUsd, current }
    if (!(await draftMissing(project, [a, b], drafting, context))) return null
  } else if (wishes.dryRun) return null
  const [classes, otherClasses] = sharedClasses(a, b)
  const compared = await library.compare({ a: a.promptVersion, b: b.promptVersion, classes, all, pick })
  if (compared.images === 0) throw nothingToScore(a, b)
  const { images, groups, leftOut, shownDrafts, standIn, difference } = compared
  return {
    project: name,
    ...promptVerdict(difference, {
      images,
      groups,
    }),
    images,
    groups,
    leftOut,
    shownDrafts,
    standIn,
    a: viewOf(a, compared.a),
    b: viewOf(b, compared.b),
    difference,
    otherClasses,
    allReviewed: all,
  }
}

async function sidesOf(wishes: CompareWishes, context: SideContext): Promise<[PromptSide, PromptSide]> {
  const changed = hasChange(wishes)
  if (changed === (wishes.b !== undefined)) {
    throw new UserError({
      code: 'BadInput',
      what: changed ? 'There are two different B.' : 'There is no B to compare with.',
      why: 'B is a second word (a hash, `current` or a config file), or today’s config with --model, --thinking or --instruction.',
      fix: changed ? 'Leave out the second word, or those options.' : 'Name it, or say what is to change.',
    })
  }
  const a = await findSide(wishes.a, context)
  const b =
    wishes.b === undefined
      ? await sideOfConfig('changed', changedConfig(context.config, wishes), context)
      : await findSide(wishes.b, context)
  if (a.promptVersion !== b.promptVersion) return [a, b]
  throw new UserError({
    code: 'BadInput',
    what: 'Both are the same prompt.',
    why: `${a.name} and ${b.name} ask the teacher the very same (${a.promptVersion.slice(0, 12)}); aliases and prices make no difference.`,
    fix: 'Change the model, the instruction or the description of a class.',
  })
}

/** Null: there are drafts enough of both, and all of them are scored. */
function pickFor(
  { limit, allReviewed, seed }: CompareWishes,
  common: number,
  sides: readonly PromptSide[],
): (DraftPick & { readonly among: 'judged' | 'reviewed' }) | null {
  const fixed = sides.filter(({ config }) => config === null)
  if (limit === undefined && (common >= usualImages || fixed.length === 2)) return null
  const only = fixed[0]
  return {
    among: allReviewed ? 'reviewed' : 'judged',
    count: limit ?? usualImages,
    seed,
    ...(only === undefined ? {} : { draftedUnder: only.promptVersion }),
  }
}

function sharedClasses(a: PromptSide, b: PromptSide): [shared: string[], others: string[]] {
  const shared = a.classes.filter((name) => b.classes.includes(name))
  const others = [...a.classes, ...b.classes].filter((name) => !shared.includes(name))
  return [shared, others]
}

const viewOf = (
  { name, promptVersion, model, thinking }: PromptSide,
  { effort, precision, ...rest }: PromptFigures,
): SideView => ({
  name,
  promptVersion,
  model,
  thinking,
  f1: effort.f1,
  precision: effort.precision,
  recall: effort.recall,
  editsPerImage: effort.editsPerImage,
  map50: precision?.map50 ?? null,
  map: precision?.map ?? null,
  ...rest,
})

const nothingToScore = (a: PromptSide, b: PromptSide): UserError =>
  new UserError({
    code: 'NoReviewedImages',
    what: 'There is nothing to score the two on.',
    why: `No reviewed image of the audit, the held-out splits or imported labels has a usable draft of both ${a.name} and ${b.name}.`,
    fix: 'Review images first (`understudy review`), give --all-reviewed, or compare with a config file: that is drafted.',
  })
