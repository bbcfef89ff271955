import type { ChampionWay } from './contracts/disagreement-kinds.ts'

interface Reign {
  readonly model: string
  readonly how: ChampionWay
}

/**
 * The champion that a rollback goes back to; null when there is none. A rollback takes the latest reign away and adds none,
 * so that going back twice goes two champions back instead of to and fro.
 * @param succession all champions, oldest first
 */
export function championBefore(succession: readonly Reign[]): string | null {
  const standing: string[] = []
  for (const { model, how } of succession) {
    if (how === 'rollback') standing.pop()
    else standing.push(model)
  }
  return standing.at(-2) ?? null
}
