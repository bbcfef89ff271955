import { z } from 'zod'
import { isoTime } from './shared.ts'

/** `reservations/<date>.json`: what a day's budget (UTC) is spent on and set aside for. Only written while there is one. */
export const DayReservations = z.object({
  v: z.literal(1),
  /** Of calls that have ended, USD. */
  spentUsd: z.number().min(0),
  /** Calls and batch jobs under way by their id, each with its worst case. A job lasts for hours and does not expire. */
  open: z.record(
    z.string(),
    z.object({ usd: z.number().min(0), at: isoTime, job: z.literal(true).optional() }),
  ),
})
export type DayReservations = z.infer<typeof DayReservations>
