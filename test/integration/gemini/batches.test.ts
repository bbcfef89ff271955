import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBatchDrafter } from '../../../activities/adapters/gemini/batch-drafter.ts'
import type { BatchDrafter } from '../../../activities/roles/batch-drafter.ts'
import type { FaultScript } from '../../../infra/gemini-simulator/fault-script.ts'
import { rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

const model = 'gemini-3.8-flash'

let bench: SimulatorBench
let drafter: BatchDrafter
beforeAll(async () => {
  bench = await startSimulatorBench('none')
  drafter = createBatchDrafter(bench.teacher, { timeoutMs: 10_000 })
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const items = (...keys: readonly string[]) => keys.map((key) => ({ key, request: bench.request() }))
const play = (fault: FaultScript['faults'][number]['fault']) => bench.play([{ match: 'all', fault }])

describe('a batch job through the real SDK', () => {
  test('answers every item under its key, as a single call would', async () => {
    const job = await drafter.submit(model, 'round-1', items('a', 'b'))
    const sight = await drafter.look(model, job)
    const single = await bench.drafter().draft(bench.request())
    if (sight.state !== 'answered' || single.kind !== 'text') throw new Error('expected answers')
    expect(sight.answers.map(({ key }) => key)).toEqual(['a', 'b'])
    for (const answer of sight.answers) {
      expect(answer).toMatchObject({
        ok: true,
        reply: { kind: 'text', text: single.text, usage: single.usage },
      })
    }
  })

  test('is found again by its name when the answer to its submission was lost', async () => {
    await play({ kind: 'batch-answer-lost' })
    const failure = await rejectionOf(drafter.submit(model, 'round-lost', items('a')))
    expect(failure).toMatchObject({ code: 'TeacherUnavailable', retryable: true })
    const job = await drafter.find(model, 'round-lost')
    expect(await drafter.look(model, job ?? '')).toMatchObject({ state: 'answered' })
    expect(await drafter.find(model, 'round-never')).toBeNull()
  })

  test('keeps an error of one item apart from the answers of the others', async () => {
    await bench.play([{ match: 'all', times: 1, fault: { kind: 'status', code: 503 } }])
    const sight = await drafter.look(model, await drafter.submit(model, 'round-2', items('a', 'b')))
    expect(sight).toMatchObject({
      state: 'answered',
      answers: [
        { key: 'a', ok: false, error: { code: 13 } },
        { key: 'b', ok: true },
      ],
    })
  })

  test('that failed says why, which the SDK itself leaves out', async () => {
    await play({ kind: 'batch-failed' })
    const sight = await drafter.look(model, await drafter.submit(model, 'round-3', items('a')))
    expect(sight).toEqual({ state: 'failed', reason: 'The simulated batch failed as scripted.' })
  })

  test('that expired, was cancelled or is gone says so, and nothing of it was billed', async () => {
    await play({ kind: 'batch-expired' })
    const expired = await drafter.submit(model, 'round-4', items('a'))
    expect(await drafter.look(model, expired)).toMatchObject({ state: 'expired' })
    await play({ kind: 'batch-stuck' })
    const stuck = await drafter.submit(model, 'round-5', items('a'))
    expect(await drafter.look(model, stuck)).toEqual({ state: 'running' })
    await drafter.cancel(model, stuck)
    expect(await drafter.look(model, stuck)).toMatchObject({ state: 'cancelled' })
    await drafter.remove(model, stuck)
    expect(await drafter.look(model, stuck)).toMatchObject({ state: 'gone' })
    await drafter.cancel(model, stuck)
    expect((await bench.calls()).paid).toBe(0)
  })

  test.each(['v1', 'v1beta'] as const)(
    'goes by the API version that the config names (%s): only beta knows a resolution for one picture',
    async (apiVersion) => {
      const request = bench.request({}, { apiVersion, mediaResolution: 'ultra-high' })
      const job = await drafter.submit(model, `round-${apiVersion}`, [{ key: 'a', request }])
      const sight = await drafter.look(model, job)
      if (apiVersion === 'v1') {
        expect(sight).toMatchObject({ answers: [{ ok: false, error: { code: 3 } }] })
        return
      }
      expect(sight).toMatchObject({ answers: [{ ok: true }] })
      const auto = bench.request({}, { mediaResolution: 'ultra-high' })
      const byItself = await drafter.submit(model, 'round-auto', [{ key: 'a', request: auto }])
      expect(await drafter.look(model, byItself)).toMatchObject({ answers: [{ ok: true }] })
    },
  )

  test('is refused as a whole when the model is unknown', async () => {
    expect(await rejectionOf(drafter.submit('gemini-0', 'round-6', items('a')))).toMatchObject({
      code: 'TeacherBadRequest',
      retryable: false,
    })
  })
})
