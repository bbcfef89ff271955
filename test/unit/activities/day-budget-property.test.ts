import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dealOut, reserveChunk } from '../../../activities/batch-drafting/job-reservations.ts'
import { withinTheDay } from '../../../activities/day-budget.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { settleReservation } from '../../../activities/store/day-reservations.ts'
import { writeLedgerEntry } from '../../../activities/store/ledger.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const day = '2026-11-21'
const worst = 10

/** How a call or a job ends. `killed`: its worker dies at this moment. */
const ending = fc.constantFrom('answered', 'failed', 'killed-before', 'killed-billed', 'killed-in-ledger')
const paid = fc.record({
  kind: fc.constantFrom('call', 'job'),
  ending,
  cost: fc.integer({ min: 0, max: worst }),
  images: fc.integer({ min: 1, max: 4 }),
  minutesLater: fc.constantFrom(0, 0, 1, 11),
  repeated: fc.boolean(),
})

/** The store with each access at a moment that the scheduler chooses. */
const interleaved = (store: ObjectStore, scheduler: fc.Scheduler): ObjectStore => ({
  ...store,
  get: scheduler.scheduleFunction((key: string) => store.get(key)),
  putIfUnchanged: scheduler.scheduleFunction((...put: Parameters<ObjectStore['putIfUnchanged']>) =>
    store.putIfUnchanged(...put),
  ),
})

it(
  'never lets more be billed than a day allows, however calls and jobs interleave, end and die',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(paid, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 5, max: 60 }),
        async (scheduler, plan, perDayUsd) => {
          const store = interleaved(createMemoryObjectStore(), scheduler)
          let clock = Date.parse(`${day}T01:00:00Z`)
          let billed = 0
          const now = () => new Date(clock)
          const bill = (usd: number): void => {
            billed += usd
            expect(billed).toBeLessThanOrEqual(perDayUsd + 1e-6)
          }
          const inLedger = (callId: string, usd: number) =>
            writeLedgerEntry(store, project, {
              v: 1,
              callId,
              at: `${day}T01:00:00Z`,
              kind: 'question',
              cycle: null,
              image: null,
              promptVersion: null,
              model: 'gemini-3.8-flash',
              endpoint: 'google',
              tokens: { prompt: 1, output: 1, thoughts: 1 },
              usd,
            })
          const call = async (callId: string, how: (typeof plan)[number]): Promise<void> => {
            const { ending: end, cost } = how
            const of = { store, project, now, callId, startedAt: now().toISOString(), patienceMs: 0 }
            await withinTheDay({ ...of, perDayUsd, worstCaseUsd: worst }, async () => {
              if (end === 'killed-before') throw new Error('killed')
              bill(cost)
              if (end === 'killed-billed') throw new Error('killed')
              if (end === 'failed')
                throw new AdapterError('TeacherBadReply', 'broken', { retryable: false, spentUsd: cost })
              await inLedger(callId, cost)
              if (end === 'killed-in-ledger') throw new Error('killed')
              return { usd: cost }
            })
          }
          const job = async (id: string, { ending: end, cost, images, repeated }: (typeof plan)[number]) => {
            const budget = { store, project, day, now, perDayUsd, usdPerImage: worst / 2 }
            const granted = await reserveChunk(budget, id, images)
            if (granted === 0 || end === 'killed-before') return
            const again = await reserveChunk(budget, id, images)
            expect(again).toBe(granted)
            const names = Array.from({ length: granted }, (_, n) => `${id}-${n}`)
            const jobs = names.map((name) => ({ name, images: ['one'] }))
            await dealOut(budget, id, jobs)
            if (repeated) await dealOut(budget, id, jobs)
            for (const name of names) {
              bill(cost / 2)
              if (end.startsWith('killed')) continue
              await settleReservation(budget, name, cost / 2)
              if (repeated) await settleReservation(budget, name, cost / 2)
            }
          }
          const running = plan.map(async (how, index) => {
            const start = scheduler.schedule(Promise.resolve(), `start ${index}`)
            await start
            clock += how.minutesLater * 60_000
            await (how.kind === 'call' ? call(`call-${index}`, how) : job(`chunk-${index}`, how))
          })
          await scheduler.waitFor(Promise.allSettled(running))
          for (const result of await Promise.allSettled(running)) {
            if (result.status === 'fulfilled') continue
            const { reason } = result
            // A broken expectation must not pass for a call that was refused.
            const expected =
              reason instanceof AdapterError || (reason instanceof Error && reason.message === 'killed')
            if (!expected) throw reason
          }
        },
      ),
      { numRuns: 40 },
    )
  },
)
