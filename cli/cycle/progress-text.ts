import type { CycleProgress, PhaseProgress } from '../../domain/contracts/cycle-progress.ts'
import type { TrainingProgressView } from '../../domain/contracts/training-progress.ts'
import { trainingInWords } from '../../domain/training-progress-words.ts'
import { renderTable } from '../table.ts'

const marks: Record<PhaseProgress['state'], string> = { waiting: ' ', running: '>', done: '+', skipped: '-' }

const took = ({ startedAt, endedAt }: PhaseProgress): string =>
  startedAt === null || endedAt === null ? '' : duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)

/** `48 s`, `12 min`, `3.5 h` */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** One line that changes while the running phase moves on. */
export function liveLine(progress: CycleProgress, epoch: TrainingProgressView | null): string {
  const { phase, paused } = progress
  const what = phase === 'train' && epoch !== null ? trainingInWords(epoch) : activity(progress)
  return [`${phase}${paused ? ' (paused)' : ''}`, what].filter((part) => part !== '').join(': ')
}

function activity({ phase, phases, drafting, review, training }: CycleProgress): string {
  if (phase === 'draft')
    return `drafted ${drafting.done} of ${drafting.total}${failedText(drafting.failed)}, ${usd(drafting.usd)}${waitText(drafting)}`
  if (phase === 'review')
    return `waiting for people: ${review.waiting} to review, ${review.accepted} accepted, ${review.skipped} skipped`
  const note = phases.find((line) => line.phase === phase)?.note ?? ''
  return phase === 'train' ? (training?.description ?? note) : note
}

/** What a phase that has just ended came to. */
export const phaseLine = (line: PhaseProgress): string => {
  const time = took(line)
  // More follows: a full stop would stand before a comma.
  const note = [line.note.replace(/\.$/, ''), line.state === 'skipped' ? 'skipped' : time]
    .filter((part) => part !== '')
    .join(', ')
  return note === '' ? line.phase : `${line.phase}: ${note}`
}

/** The whole cycle: phase table, drafts with spend, reviews. */
export function progressText(progress: CycleProgress): string {
  const { drafting, review } = progress
  const table = renderTable(
    [
      { title: '', value: ({ state }: PhaseProgress) => marks[state] },
      { title: 'PHASE', value: ({ phase }) => phase },
      { title: 'TOOK', value: took, align: 'right' },
      { title: 'NOTE', value: ({ note }) => note },
    ],
    progress.phases,
  )
  const budget = drafting.budgetUsd === null ? '' : ` of ${usd(drafting.budgetUsd)} allowed`
  return [
    `${progress.project}: cycle ${progress.cycle ?? '?'} (${progress.mode})${progress.paused ? ', paused' : ''}`,
    table,
    `Drafts by the ${progress.simulated ? 'simulated teacher' : 'teacher'}: ${drafting.done} of ${drafting.total}${failedText(drafting.failed)}, ${usd(drafting.usd)}${budget}${waitText(drafting)}`,
    `Reviews: ${review.waiting} waiting, ${review.accepted} accepted, ${review.skipped} skipped, ${review.refused} refused, ${review.withdrawn} withdrawn`,
  ].join('\n')
}

const failedText = (failed: number): string => (failed === 0 ? '' : `, ${failed} failed`)

/** `; waits for Gemini's daily quota until Sun 09:02`: the reader's own clock. */
function waitText({ waitsUntil }: CycleProgress['drafting']): string {
  if (typeof waitsUntil !== 'string') return ''
  const at = new Date(waitsUntil)
  const day = at.toLocaleDateString('en-GB', { weekday: 'short' })
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return `; waits for Gemini's daily quota until ${day} ${time}`
}

export const usd = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`
