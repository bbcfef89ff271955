import type { Command } from 'commander'
import { z } from 'zod'
import type { DraftValue, LedgerSum, LedgerSummary, UnitCost } from '../../activities/compose-project.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import { action } from '../command.ts'
import { usd } from '../cycle/progress-text.ts'
import { openProject } from '../project.ts'
import { teacherInWords } from '../teacher-in-words.ts'
import { renderTable } from '../table.ts'

interface CostView extends LedgerSummary {
  readonly project: string
  readonly budgetPerCycleUsd: number | null
  readonly budgetPerDayUsd: number | null
  readonly perImage: UnitPrice
  readonly perAcceptedBox: UnitPrice & { readonly reviewedImages: number }
  /** What the next call would be made with, in words; null: no teacher. */
  readonly teacher: string | null
}

/** What one of so many costs, USD; null where there is none to divide by. */
interface UnitPrice {
  readonly count: number
  readonly usd: number | null
  readonly simulatedUsd: number | null
}

const unitPrice = ({ count, usd: paid, simulatedUsd }: UnitCost): UnitPrice => ({
  count,
  usd: count === 0 ? null : paid / count,
  simulatedUsd: count === 0 ? null : simulatedUsd / count,
})

/** `cost`: what the teacher has cost so far. */
export function registerCost(program: Command): void {
  program
    .command('cost')
    .description('show calls, tokens and money spent on the teacher, by cycle, day, model and prompt version')
    .addHelpText('after', '\nExample:\n  understudy cost')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder }): Promise<CostView> => {
          const { name, config, settings } = await openProject(folder)
          const { readCost } = await import('../../activities/compose-project.ts')
          const { value, ...summary } = await readCost(settings.store, name)
          const teacher = settings.teacher === null ? null : teacherInWords(settings.teacher)
          const { perCycleUsd: budgetPerCycleUsd, perDayUsd: budgetPerDayUsd } = config.budget
          const budgets = { budgetPerCycleUsd, budgetPerDayUsd }
          return { project: name, ...budgets, teacher, ...summary, ...unitPrices(value) }
        },
        render,
      }),
    )
}

const unitPrices = ({ images, acceptedBoxes, reviewedImages }: DraftValue) => ({
  perImage: unitPrice(images),
  perAcceptedBox: { ...unitPrice(acceptedBoxes), reviewedImages },
})

type Entry = readonly [name: string, sum: LedgerSum]

function render(view: CostView): string {
  const { project, total, questions, byCycle, byDay, byModel, byPromptVersion, teacher } = view
  if (total.calls === 0) return `Nothing was spent on ${project} yet.`
  const groups: readonly (readonly [title: string, sums: Readonly<Record<string, LedgerSum>>])[] = [
    ['CYCLE', byCycle],
    ['DAY (UTC)', byDay],
    ['MODEL', byModel],
    ['PROMPT', Object.fromEntries(Object.entries(byPromptVersion).map(([hash, sum]) => [short(hash), sum]))],
  ]
  const lines = [`${project}: ${total.calls} calls, ${usd(total.usd)}${budgetText(view)}`]
  if (teacher !== null) lines.push(`Teacher now: ${teacher}.`)
  if (total.simulatedCalls > 0)
    lines.push(
      `${total.simulatedCalls} of them by the simulated teacher: ${usd(total.simulatedUsd)} of made-up money, billed to nobody and not counted above.`,
    )
  if (questions.calls > 0)
    lines.push(`${questions.calls} calls were questions of \`ask\`: ${money(questions)}.`)
  lines.push(...boughtText(view))
  for (const [title, sums] of groups) lines.push('', table(title, Object.entries(sums)))
  return lines.join('\n')
}

function budgetText({ budgetPerCycleUsd: cycle, budgetPerDayUsd: day }: CostView): string {
  const parts = [cycle === null ? '' : `${usd(cycle)} a cycle`, day === null ? '' : `${usd(day)} a day`]
  const set = parts.filter((part) => part !== '')
  return set.length === 0 ? '' : `; budget ${set.join(', ')}`
}

/** Paid and made-up money are never added up. */
function money({ usd: paid, simulatedUsd }: { readonly usd: number; readonly simulatedUsd: number }): string {
  if (simulatedUsd === 0) return precise(paid)
  return paid === 0
    ? `${precise(simulatedUsd)} made up`
    : `${precise(paid)} and ${precise(simulatedUsd)} made up`
}

const precise = (amount: number): string => `$${amount.toFixed(amount < 0.1 ? 5 : 2)}`

function boughtText({ perImage, perAcceptedBox }: CostView): string[] {
  const lines: string[] = []
  const each = ({ usd: paid, simulatedUsd }: UnitPrice): string =>
    money({ usd: paid ?? 0, simulatedUsd: simulatedUsd ?? 0 })
  if (perImage.count > 0) lines.push(`A drafted image: ${each(perImage)} (${perImage.count} images).`)
  if (perAcceptedBox.count > 0)
    lines.push(
      `A box that people accepted as it was drafted: ${each(perAcceptedBox)} (${perAcceptedBox.count} boxes on ${perAcceptedBox.reviewedImages} reviewed images).`,
    )
  return lines
}

const table = (title: string, entries: readonly Entry[]): string =>
  renderTable<Entry>(
    [
      { title, value: ([name]) => name },
      { title: 'CALLS', value: ([, { calls }]) => calls, align: 'right' },
      { title: 'PROMPT', value: ([, { tokens }]) => tokens.prompt, align: 'right' },
      { title: 'OUTPUT', value: ([, { tokens }]) => tokens.output, align: 'right' },
      { title: 'THOUGHT', value: ([, { tokens }]) => tokens.thoughts, align: 'right' },
      { title: 'USD', value: ([, { usd: amount }]) => amount.toFixed(4), align: 'right' },
      { title: 'SIMULATED', value: ([, { simulatedUsd }]) => simulatedUsd.toFixed(4), align: 'right' },
    ],
    entries,
  )
