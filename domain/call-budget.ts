/** Money left is dealt out in whole calls at their worst case, so that spend can never pass the budget. USD. */
export interface CallBudget {
  /** Null: no budget. */
  readonly budget: number | null
  readonly spentUsd: number
  /** Worst case of everything under way. */
  readonly reservedUsd: number
  readonly worstCaseUsd: number
}

/** How many more calls may start; null when there is no budget. */
export function callsWithinBudget({
  budget,
  spentUsd,
  reservedUsd,
  worstCaseUsd,
}: CallBudget): number | null {
  if (budget === null) return null
  if (worstCaseUsd <= 0) return Number.MAX_SAFE_INTEGER
  return Math.max(0, Math.floor((budget - spentUsd - reservedUsd) / worstCaseUsd + 1e-9))
}
