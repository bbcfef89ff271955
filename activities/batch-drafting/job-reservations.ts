import { callsWithinBudget } from '../../domain/call-budget.ts'
import { changeReservations, setAside, withoutExpired, type DayRef } from '../store/day-reservations.ts'

export interface JobBudget extends DayRef {
  readonly perDayUsd: number
  /** Most that one image of a job can cost, at the share of the price that jobs are billed. USD. */
  readonly usdPerImage: number
}

/**
 * Sets aside room for a chunk's jobs: for as many images as fit into the day's budget. The same chunk gets the same room
 * again.
 */
export async function reserveChunk(budget: JobBudget, id: string, images: number): Promise<number> {
  const { perDayUsd, usdPerImage, now } = budget
  let granted = 0
  await changeReservations(budget, async (before) => {
    const own = before.open[id]
    if (own !== undefined) {
      granted = usdPerImage <= 0 ? images : Math.min(images, Math.round(own.usd / usdPerImage))
      return before
    }
    const state = await withoutExpired(budget, before)
    const { jobs, calls } = setAside(state)
    const money = { budget: perDayUsd, spentUsd: state.spentUsd, worstCaseUsd: usdPerImage }
    granted = Math.min(images, callsWithinBudget({ ...money, reservedUsd: jobs + calls }) ?? images)
    if (granted === 0) return before
    const held = { usd: granted * usdPerImage, at: now().toISOString(), job: true as const }
    return { ...state, open: { ...state.open, [id]: held } }
  })
  return granted
}

/** Deals a chunk's room out to its jobs, by the images of each. Nothing happens when that was done before. */
export const dealOut = (
  budget: JobBudget,
  id: string,
  jobs: readonly { readonly name: string; readonly images: readonly string[] }[],
): Promise<void> =>
  changeReservations(budget, async (state) => {
    const { [id]: whole, ...open } = state.open
    if (whole === undefined) return state
    for (const { name, images } of jobs) {
      open[name] = { usd: images.length * budget.usdPerImage, at: whole.at, job: true }
    }
    return { ...state, open }
  })
