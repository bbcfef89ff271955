import type { CyclePhase, NightOutcome } from './contracts/phases.ts'

/** One sentence or two for the person who looks in the morning. */
export function nightInWords(night: {
  readonly outcome: NightOutcome
  readonly cycle: number | null
  readonly phase?: CyclePhase | null
  readonly verdict?: string | null
  readonly promoted?: boolean
  readonly undrafted?: number
  readonly daySpent?: boolean
}): string {
  const { outcome, cycle, phase, verdict, promoted = false, undrafted = 0, daySpent = false } = night
  const name = cycle === null ? 'the running cycle' : `cycle ${cycle}`
  const left =
    undrafted === 0
      ? ''
      : ` ${counted(undrafted)} still without a draft${daySpent ? " (the day's budget is spent)" : ''}: the next night goes on with them.`
  switch (outcome) {
    case 'completed':
      return `Trained and judged in ${name}: ${verdict ?? 'no verdict'}${promoted ? ', the new champion' : ', not promoted'}.${left}`
    case 'nothing-new':
      return `Nothing new: too few images were reviewed since the champion for a training (${name}).${left}`
    case 'nothing-reviewed':
      return `Nothing to train on: no training image has been reviewed yet (${name}).${left}`
    case 'stopped':
      return cycle === null ? 'Its cycle was stopped by a person.' : `Stopped by a person in ${name}.`
    case 'handed-over':
      return `Handed over: ${name} was waiting for reviews, enough were in, and it was told to go on.`
    case 'skipped-busy':
      return `Skipped: ${name} is busy (${phase ?? 'unknown phase'}).`
  }
}

const counted = (images: number): string => (images === 1 ? '1 image is' : `${images} images are`)

/** A trainer's last words can be long; the note stands on one line of the web UI. */
const longestMessage = 300

/** Why nights stopped, for the person who has to do something: what failed, when, where to look, how to go on. */
export function failedNightNote(night: {
  /** ISO time at which it began. */
  readonly at: string
  readonly cycle: number | null
  readonly phase: CyclePhase | null
  readonly code: string | null
  readonly message: string
}): string {
  const { at, cycle, phase, code, message } = night
  const where = cycle === null ? '' : ` in cycle ${cycle}${phase === null ? '' : `, phase ${phase}`}`
  const said = message.replaceAll(/\s+/g, ' ').trim()
  const what =
    said.length > longestMessage ? `${said.slice(0, longestMessage)}…` : said.replace(/[^.!?]$/, '$&.')
  return [
    `The night of ${at.slice(0, 16).replace('T', ' ')} UTC failed${where}${code === null ? '' : ` (${code})`}: ${what}`,
    'No night starts until you resume. Look: `understudy cycle status`, `understudy logs worker`.',
    'Go on: `understudy schedule resume`.',
  ].join(' ')
}
