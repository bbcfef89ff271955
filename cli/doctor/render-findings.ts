import { renderTable } from '../table.ts'
import type { Finding } from './check.ts'

/** Findings as a table, and below it the fix for each that failed; `allWell` stands there when none did. */
export function renderFindings(checks: readonly Finding[], allWell: string): string {
  const table = renderTable(
    [
      { title: 'part', value: ({ part }: Finding) => part },
      { title: '', value: ({ state }) => state },
      { title: 'found', value: ({ found }) => found.replaceAll('\n', ' ') },
    ],
    checks,
  )
  const failed = checks.some(({ state }) => state === 'failed')
  const fixes = checks.flatMap(({ part, fix }) => (fix === null ? [] : [`  ${part}: ${fix}`]))
  return [table, '', failed ? ['To do:', ...fixes].join('\n') : allWell].join('\n')
}
