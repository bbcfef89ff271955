import { beforeEach, expect, test } from 'vitest'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { writeLedgerEntry } from '../../../activities/store/ledger.ts'
import { createTeacherPace } from '../../../activities/teacher-pace.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const configOf = (teacher: Record<string, unknown>): ProjectConfig =>
  ProjectConfig.parse({ project: 'cells', classes: [{ name: 'RBC' }], teacher })
const config = configOf({ requestsPerMinute: 600, tokensPerMinute: 240_000 })
const promptVersion = 'a'.repeat(64)

let store: ObjectStore
let clock: number
let rates: (number | null)[]
let isDown: boolean
beforeEach(() => {
  store = createMemoryObjectStore()
  clock = Date.parse('2026-11-21T12:00:00Z')
  rates = []
  isDown = false
})

const pace = () =>
  createTeacherPace({
    store,
    now: () => new Date(clock),
    setQueueRate: async (rate) => {
      if (isDown) throw new Error('no server')
      rates.push(rate)
    },
  })

let calls = 0
const paid = async (count: number, prompt: number, change: { promptVersion?: string; at?: number } = {}) => {
  for (let n = 0; n < count; n += 1) {
    calls += 1
    await writeLedgerEntry(store, 'cells', {
      v: 1,
      callId: `call-${calls}`,
      at: new Date(change.at ?? clock).toISOString(),
      kind: 'draft',
      cycle: 1,
      image: null,
      promptVersion: change.promptVersion ?? promptVersion,
      model: 'gemini-3.8-flash',
      endpoint: 'google',
      tokens: { prompt, output: 9999, thoughts: 9999 },
      usd: 0,
    })
  }
}

const perMinute = (rate: number | null | undefined): number => Math.round((rate ?? 0) * 61)

test('before anything is measured the rate rests on the estimate: a picture and the text beside it', async () => {
  await pace().set(config, promptVersion)
  // 1120 tokens of picture, and some 100 of text.
  expect(perMinute(rates[0])).toBeGreaterThan(240_000 / 1500)
  expect(perMinute(rates[0])).toBeLessThan(240_000 / 1150)
})

test('the rate is tokens a minute by the mean tokens of a request, once ten calls are measured', async () => {
  await paid(9, 2400)
  const assumed = pace()
  await assumed.set(config, promptVersion)
  await paid(1, 2400)
  await paid(40, 99, { promptVersion: 'b'.repeat(64) })
  await pace().set(config, promptVersion)
  expect(rates.map(perMinute)[1]).toBe(100)
  expect(rates[0]).not.toBe(rates[1])
})

test('yesterday counts until today has calls enough, and the day before does not', async () => {
  const day = 86_400_000
  await paid(20, 4800, { at: clock - 2 * day })
  await paid(10, 2400, { at: clock - day })
  await pace().set(config, promptVersion)
  await paid(10, 1200)
  await pace().set(config, promptVersion)
  expect(rates.map(perMinute)).toEqual([100, 200])
})

test('requests a minute stay the limit where tokens are not', async () => {
  await paid(10, 10)
  await pace().set(config, promptVersion)
  expect(perMinute(rates[0])).toBe(600)
})

test("without a limit on tokens the workers' own rate stands, and an earlier limit is taken back", async () => {
  const free = pace()
  const unlimited = configOf({})
  await free.set(unlimited, promptVersion)
  expect(rates).toEqual([null])
  clock += 120_000
  await free.keepUp(unlimited, promptVersion)
  expect(rates).toEqual([null])
})

test('a long drafting follows what its calls measure, once a minute, and tells changes only', async () => {
  const kept = pace()
  await paid(10, 1200)
  await kept.set(config, promptVersion)
  await paid(30, 2400)
  await kept.keepUp(config, promptVersion)
  expect(rates).toHaveLength(1)
  clock += 61_000
  await kept.keepUp(config, promptVersion)
  expect(rates.map(perMinute)).toEqual([200, Math.floor(240_000 / 2100)])
  clock += 61_000
  await kept.keepUp(config, promptVersion)
  expect(rates).toHaveLength(2)
})

test('a rate that cannot be told fails no paid draft, and is told a minute later', async () => {
  const kept = pace()
  await kept.set(config, promptVersion)
  await paid(10, 2400)
  isDown = true
  clock += 61_000
  await kept.keepUp(config, promptVersion)
  isDown = false
  clock += 61_000
  await kept.keepUp(config, promptVersion)
  expect(perMinute(rates.at(-1))).toBe(100)
  isDown = true
  await expect(kept.set(config, promptVersion)).rejects.toThrow('no server')
})
