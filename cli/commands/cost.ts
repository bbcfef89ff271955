import type { Command } from 'commander'
import { z } from 'zod'
import type { LedgerSum, LedgerSummary } from '../../activities/compose-project.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import { action } from '../command.ts'
import { usd } from '../cycle/progress-text.ts'
import { openProject } from '../project.ts'
import { teacherInWords } from '../teacher-in-words.ts'
import { renderTable } from '../table.ts'

interface CostView extends LedgerSummary {
  readonly project: string
  readonly budgetPerCycleUsd: number | null
  /** What the next call would be made with, in words; null: no teacher. */
  readonly teacher: string | null
}

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
          const { readLedgerSummary } = await import('../../activities/compose-project.ts')
          const teacher = settings.teacher === null ? null : teacherInWords(settings.teacher)
          const summary = await readLedgerSummary(settings.store, name)
          return { project: name, budgetPerCycleUsd: config.budget.perCycleUsd, teacher, ...summary }
        },
        render,
      }),
    )
}

type Entry = readonly [name: string, sum: LedgerSum]

function render({
  project,
  total,
  byCycle,
  byDay,
  byModel,
  byPromptVersion,
  budgetPerCycleUsd,
  teacher,
}: CostView): string {
  if (total.calls === 0) return `Nothing was spent on ${project} yet.`
  const groups: readonly (readonly [title: string, sums: Readonly<Record<string, LedgerSum>>])[] = [
    ['CYCLE', byCycle],
    ['DAY (UTC)', byDay],
    ['MODEL', byModel],
    ['PROMPT', Object.fromEntries(Object.entries(byPromptVersion).map(([hash, sum]) => [short(hash), sum]))],
  ]
  const lines = [
    `${project}: ${total.calls} calls, ${usd(total.usd)}${budgetPerCycleUsd === null ? '' : `; budget ${usd(budgetPerCycleUsd)} a cycle`}`,
  ]
  if (teacher !== null) lines.push(`Teacher now: ${teacher}.`)
  if (total.simulatedCalls > 0)
    lines.push(
      `${total.simulatedCalls} of them by the simulated teacher: ${usd(total.simulatedUsd)} of made-up money, billed to nobody and not counted above.`,
    )
  for (const [title, sums] of groups) lines.push('', table(title, Object.entries(sums)))
  return lines.join('\n')
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
