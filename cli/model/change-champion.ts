import type { ChampionChange } from '../../activities/compose-models.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import type { HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'

export interface ChampionDecision {
  /** Nobody is asked. */
  readonly yes: boolean
  readonly by: string
  readonly reason: string
}

export interface ChangedChampion {
  readonly project: string
  /** False when the person said no. */
  readonly changed: boolean
  readonly how: ChampionChange['how']
  readonly from: string | null
  readonly to: string
  readonly by: string
  readonly reason: string
}

/**
 * Asks, then changes the champion that the person was asked about, or none.
 * @throws UserError BadInput where nobody can be asked; AdapterError WriteConflict
 */
export async function changeChampion(
  project: string,
  change: ChampionChange,
  { yes, by, reason }: ChampionDecision,
  context: HandlerContext,
): Promise<ChangedChampion> {
  const { how, from, to } = change
  const changed = yes || (await confirmed(change, context))
  if (changed) await change.confirm({ by, reason, at: new Date() })
  return { project, changed, how, from, to, by, reason }
}

async function confirmed({ from, to }: ChampionChange, { output, signal }: HandlerContext): Promise<boolean> {
  const message = `Make ${short(to)} champion${from === null ? '' : ` instead of ${short(from)}`}?`
  if (!output.interactive || !process.stdin.isTTY) {
    throw new UserError({
      code: 'BadInput',
      what: 'The champion was not changed: nobody can be asked.',
      why: `There is no terminal to ask on: "${message}"`,
      fix: 'Add --yes.',
    })
  }
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message, initialValue: false, output: process.stderr, signal })) === true
}

export function renderChange({ changed, how, from, to }: ChangedChampion): string {
  if (!changed) return 'Nothing was changed.'
  const instead = from === null ? '' : ` instead of ${short(from)}`
  const undo = how === 'promote' && from !== null ? '\nTo take it back: `understudy model rollback`.' : ''
  return `${short(to)} is champion${instead}. Workers use it from their next task on.${undo}`
}
