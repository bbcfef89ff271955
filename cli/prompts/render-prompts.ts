import { short } from '../../domain/contracts/workflow-ids.ts'
import { signed } from '../../domain/prompt-verdict.ts'
import { usd } from '../cycle/progress-text.ts'
import { renderPairs, renderTable } from '../table.ts'
import type { PromptsCompared, SideView } from './compare-prompts.ts'
import type { PromptList, PromptView } from './list-prompts.ts'

/** Longer instructions are cut in the table; `--json` has all of them. */
const excerptLength = 48

const excerpt = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > excerptLength ? `${line.slice(0, excerptLength - 1)}…` : line
}

/** A line a version, the newest first. */
export function renderPromptList({ project, prompts }: PromptList): string {
  if (prompts.length === 0) return `${project} has no drafts yet: no prompt version.`
  const words = prompts.map(wordsOf)
  return `${renderTable<PromptView>(
    [
      { title: 'PROMPT', value: ({ promptVersion }) => short(promptVersion) },
      { title: '', value: stateOf },
      { title: 'MODEL', value: ({ model, thinking }) => `${model}, ${thinking}` },
      { title: 'DRAFTS', value: ({ drafts }) => drafts, align: 'right' },
      { title: 'COST', value: costOf, align: 'right' },
      { title: 'LAST CALL', value: ({ lastDay }) => lastDay ?? '' },
      { title: 'INSTRUCTION', value: ({ instruction }) => excerpt(instruction) },
    ],
    prompts,
  )}\n\n${words.join('\n')}`
}

function stateOf({ current, trial, endpoint }: PromptView): string {
  const words = [current ? 'today' : '', trial ? 'trial' : '', endpoint === 'simulated' ? 'simulated' : '']
  return words.filter((word) => word !== '').join(', ')
}

const costOf = ({ usd: amount, simulatedUsd }: PromptView): string =>
  simulatedUsd > 0 ? `${usd(simulatedUsd)} made up` : usd(amount)

const wordsOf = ({ promptVersion, classes }: PromptView): string =>
  `${short(promptVersion)}  ${classes.map(({ name, description }) => (description === '' ? name : `${name}: ${excerpt(description)}`)).join('; ')}`

/** The verdict first, then what it rests on, side by side, then by class, then what to keep in mind. */
export function renderComparedPrompts(result: PromptsCompared): string {
  const { a, b, difference, images, groups } = result
  const both = renderTable<{ figure: string; a: string; b: string; difference: string }>(
    [
      { title: '', value: ({ figure }) => figure },
      { title: 'A', value: (row) => row.a },
      { title: 'B', value: (row) => row.b },
      { title: 'B AGAINST A', value: (row) => row.difference },
    ],
    [
      row('F1 at IoU 0.5', result, ({ f1 }) => range(f1, 3), signed(difference.f1, 3)),
      row('precision', result, ({ precision }) => precision.toFixed(3)),
      row('recall', result, ({ recall }) => recall.toFixed(3)),
      row('edits an image', result, (side) => range(side.editsPerImage, 2), signed(difference.edits, 2)),
      row('mAP50', result, ({ map50 }) => (map50 === null ? 'no scores' : range(map50, 3))),
      row('mAP50-95', result, ({ map }) => (map === null ? 'no scores' : range(map, 3))),
      row('cost an image', result, ({ usdPerImage }) => `$${usdPerImage.toFixed(5)}`),
      row('tokens an image', result, ({ tokensPerImage }) => tokensPerImage.toFixed(0)),
      row('seconds an image', result, ({ secondsPerImage }) => secondsPerImage?.toFixed(1) ?? 'not known'),
      row('blocked, partial', result, ({ blocked, partial }) => `${blocked}, ${partial}`),
    ],
  )
  const classes = renderTable(
    [
      { title: 'CLASS', value: (one) => one.class },
      { title: 'BOXES', value: (one) => one.boxes, align: 'right' },
      { title: 'F1 OF A', value: (one) => one.a.toFixed(3), align: 'right' },
      { title: 'F1 OF B', value: (one) => one.b.toFixed(3), align: 'right' },
      { title: 'B AGAINST A', value: (one) => signed(one.delta, 3) },
    ],
    difference.byClass,
  )
  const sides = renderPairs([
    ['A', titleOf(a)],
    ['B', titleOf(b)],
    ['images', `${images} in ${groups} groups${result.leftOut > 0 ? `; ${result.leftOut} left out` : ''}`],
  ])
  return [result.words, sides, both, classes, ...notesOn(result)].join('\n\n')
}

const titleOf = ({ name, promptVersion, model, thinking, simulated }: SideView): string =>
  `${name} (${short(promptVersion)}): ${model}, thinking ${thinking}${simulated ? ', simulated teacher' : ''}`

const row = (figure: string, { a, b }: PromptsCompared, of: (side: SideView) => string, difference = '') => ({
  figure,
  a: of(a),
  b: of(b),
  difference,
})

const range = ({ value, low, high }: SideView['f1'], digits: number): string =>
  `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`

function notesOn({ a, b, shownDrafts, standIn, otherClasses, allReviewed }: PromptsCompared): string[] {
  const notes = ['Brackets: 95 % intervals, both prompts on the same images, resampled by group.']
  if (a.map !== null || b.map !== null)
    notes.push('mAP rests on how many of the samples saw a box, not on a confidence: compare it with care.')
  if (shownDrafts > 0)
    notes.push(
      `On ${shownDrafts} of the images people corrected a draft: what they left alone favours the prompt that drew it.`,
    )
  if (allReviewed)
    notes.push(
      'Images that were queued for errors of a teacher are among them: they say too much against it.',
    )
  if (otherClasses.length > 0)
    notes.push(`Not scored, because only one knows it: ${otherClasses.join(', ')}.`)
  if (standIn) notes.push('Reviewed by the stand-in of the demo, not by people.')
  return [notes.join('\n')]
}
