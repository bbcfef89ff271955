import type { CycleProgress, PhaseProgress } from './contracts/cycle-progress.ts'

const marks: Record<PhaseProgress['state'], string> = { waiting: '·', running: '▶', done: '✓', skipped: '–' }

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const minutes = ({ startedAt, endedAt }: PhaseProgress): string => {
  if (startedAt === null || endedAt === null) return ''
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** `until`: ISO time. In UTC: who reads the page may be anywhere. */
export const quotaWaitInWords = (until: string): string =>
  `**Waits for Gemini's daily quota until ${until.slice(0, 16).replace('T', ' ')} UTC.** Pausing and resuming the cycle tries again at once.`

/** The live details of a cycle in the web UI: Markdown with a phase table, spend and where to review. */
export function cycleDetails(progress: CycleProgress): string {
  const { drafting, review } = progress
  const teacher = progress.simulated ? 'simulated teacher' : 'Gemini'
  const lines = [
    `**${progress.project}** cycle ${progress.cycle ?? '?'} (${progress.mode})${progress.paused ? ', **paused**' : ''}`,
    '',
    '| | phase | | took |',
    '|---|---|---|---|',
    ...progress.phases.map(
      (line) => `| ${marks[line.state]} | ${line.phase} | ${cell(line.note)} | ${minutes(line)} |`,
    ),
    '',
    `Drafts by the ${teacher}: ${drafting.done} of ${drafting.total}, ${drafting.failed} failed, ${drafting.usd.toFixed(4)} USD` +
      (drafting.budgetUsd === null ? '' : ` of ${drafting.budgetUsd.toFixed(2)} allowed`),
  ]
  if (typeof drafting.waitsUntil === 'string') lines.push('', quotaWaitInWords(drafting.waitsUntil))
  if (review.boardUrl !== null) {
    lines.push(
      '',
      `[Review in Label Studio](${review.boardUrl}): ${review.waiting} waiting, ${review.accepted} accepted, ${review.skipped} skipped`,
    )
  }
  return lines.join('\n')
}
