import { describe, expect, test } from 'vitest'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { readRecord } from '../../../activities/store/records.ts'
import { AttemptRecord } from '../../../domain/schemas/records/attempt.ts'
import { DraftRecord, LedgerEntry } from '../../../domain/schemas/records/draft.ts'
import { addImage, draftingBench, keys, keysUnder } from '../../fixtures/drafting/drafting-bench.ts'
import { createScriptedDrafter, textReply } from '../../fixtures/fakes/scripted-drafter.ts'

const goodText = '[{"box_2d": [100, 200, 300, 400], "label": "RBC"}]'
const good = () => textReply(goodText)
const failing = (code: ConstructorParameters<typeof AdapterError>[0], retryable: boolean) => () => {
  throw new AdapterError(code, `scripted ${code}`, { retryable })
}

describe('a draft', () => {
  test('is kept with its reply and its bill', async () => {
    const drafter = createScriptedDrafter([good])
    const { store, draft, promptVersion } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')

    const usd = (1200 * 0.75 + 500 * 3.75) / 1_000_000
    expect(await draft(image)).toEqual({ status: 'ok', boxes: 1, usd, tokens: 1700, paid: true })
    expect(await readRecord(store, keys.draft(promptVersion, image), DraftRecord)).toMatchObject({
      status: 'ok',
      boxes: [{ class: 'RBC', xyxy: [128, 48, 256, 144], score: null }],
      teacher: { endpoint: 'simulated', model: 'gemini-3.8-flash', modelVersion: 'gemini-3.8-flash-001' },
      callId: 'call-1',
    })
    expect(await store.has(keys.draftReply(promptVersion, image))).toBe(true)
    const entry = await readRecord(store, keys.ledgerEntry('2026-11-21', 'call-1'), LedgerEntry)
    expect(entry).toMatchObject({
      image,
      cycle: 1,
      usd,
      tokens: { prompt: 1200, output: 300, thoughts: 200 },
    })
  })

  test('that is there already is not paid for again', async () => {
    const drafter = createScriptedDrafter([good])
    const { store, draft } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')
    await draft(image)
    expect(await draft(image)).toEqual({ status: 'ok', boxes: 1, usd: 0, tokens: 0, paid: false })
    expect(drafter.requests).toHaveLength(1)
    expect(await keysUnder(store, keys.ledger)).toHaveLength(1)
  })

  test('that is there already is found without a key', async () => {
    const first = await draftingBench(createScriptedDrafter([good], 'google'))
    const image = await addImage(first.store, 'picture')
    await first.draft(image)
    const second = await draftingBench(null, {}, first.store)
    expect(await second.draft(image)).toMatchObject({ paid: false })
  })

  test('of an image in which there is nothing is empty and ok', async () => {
    const { store, draft, promptVersion } = await draftingBench(
      createScriptedDrafter([() => textReply('[]')]),
    )
    const image = await addImage(store, 'picture')
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: 0 })
    expect(await readRecord(store, keys.draft(promptVersion, image), DraftRecord)).toMatchObject({
      boxes: [],
    })
  })

  test('of a cut reply is partial and says why', async () => {
    const drafter = createScriptedDrafter([() => textReply(`${goodText.slice(0, -1)}, {"box_2d": [1`, 'cut')])
    const { store, draft, promptVersion } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')
    expect(await draft(image)).toMatchObject({ status: 'partial', boxes: 1 })
    const record = await readRecord(store, keys.draft(promptVersion, image), DraftRecord)
    expect(record?.faults.map(({ kind }) => kind)).toContain('cut')
  })

  test('of a blocked reply is kept as blocked and not asked for again', async () => {
    const drafter = createScriptedDrafter([() => ({ ...good(), kind: 'blocked', reason: 'SAFETY' })])
    const { store, draft, promptVersion } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')
    expect(await draft(image)).toMatchObject({ status: 'blocked', boxes: 0, paid: true })
    expect(await draft(image)).toMatchObject({ status: 'blocked', paid: false })
    const record = await readRecord(store, keys.draft(promptVersion, image), DraftRecord)
    expect(record?.blockReason).toBe('SAFETY')
  })
})

describe('a call that gives no draft', () => {
  test.each([
    ['a reply without a list', () => textReply('I cannot see any picture.')],
    ['a reply without text', () => ({ ...good(), kind: 'unusable' as const, reason: 'no text' })],
  ])('%s is paid for, recorded, and no empty draft', async (_, answer) => {
    const { store, draft, promptVersion } = await draftingBench(createScriptedDrafter([answer]))
    const image = await addImage(store, 'picture')
    await expect(draft(image)).rejects.toMatchObject({
      code: 'TeacherBadReply',
      retryable: true,
      spentUsd: expect.closeTo(0.002775, 6),
    })
    expect(await store.has(keys.draft(promptVersion, image))).toBe(false)
    expect(await keysUnder(store, keys.ledger)).toHaveLength(1)
    const attempt = await readRecord(store, keys.attempt(promptVersion, image, 'call-1'), AttemptRecord)
    expect(attempt).toMatchObject({ code: 'TeacherBadReply', usd: expect.closeTo(0.002775, 6), cycle: 1 })
    expect(attempt?.reply).toBeDefined()
  })

  test('a failed call is recorded and costs nothing', async () => {
    const drafter = createScriptedDrafter([failing('TeacherRateLimited', true), good])
    const { store, draft, promptVersion } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')
    await expect(draft(image)).rejects.toMatchObject({ code: 'TeacherRateLimited', retryable: true })
    const attempt = await readRecord(store, keys.attempt(promptVersion, image, 'call-1'), AttemptRecord)
    expect(attempt).toMatchObject({ code: 'TeacherRateLimited', usd: 0 })
    expect(await keysUnder(store, keys.ledger)).toEqual([])
    expect(await draft(image)).toMatchObject({ status: 'ok', paid: true })
  })

  test('the bill of a call that timed out is unknown, not nothing', async () => {
    const { store, draft, plan, promptVersion } = await draftingBench(
      createScriptedDrafter([failing('TeacherTimeout', true)]),
    )
    const image = await addImage(store, 'picture')
    const { worstCaseUsdPerCall } = await plan()
    const failure = { code: 'TeacherTimeout', spentUsd: worstCaseUsdPerCall }
    await expect(draft(image)).rejects.toMatchObject(failure)
    const attempt = await readRecord(store, keys.attempt(promptVersion, image, 'call-1'), AttemptRecord)
    expect(attempt?.usd).toBeNull()
  })

  test.each([
    ['without a budget one more billed try is made in a cycle', {}, [true, false]],
    ['with a budget there is no second billed try', { budget: { perCycleUsd: 1 } }, [false]],
  ])('%s', async (_, change, retryable) => {
    const { store, draft } = await draftingBench(createScriptedDrafter([() => textReply('?')]), change)
    const image = await addImage(store, 'picture')
    for (const isRetryable of retryable) {
      await expect(draft(image)).rejects.toMatchObject({ code: 'TeacherBadReply', retryable: isRetryable })
    }
  })

  test('rate limits are retried however often they come', async () => {
    const { store, draft } = await draftingBench(createScriptedDrafter([failing('TeacherRateLimited', true)]))
    const image = await addImage(store, 'picture')
    for (let n = 0; n < 5; n += 1) await expect(draft(image)).rejects.toMatchObject({ retryable: true })
  })

  test('an error that is none of the teacher is passed on as it is', async () => {
    const broken = new Error('cancelled')
    const drafter = createScriptedDrafter([
      () => {
        throw broken
      },
    ])
    const { store, draft } = await draftingBench(drafter)
    const image = await addImage(store, 'picture')
    await expect(draft(image)).rejects.toBe(broken)
  })
})

describe('no call is made', () => {
  test('without a key and without the simulator: both ways out are named', async () => {
    const { store, draft, plan } = await draftingBench(null)
    const image = await addImage(store, 'picture')
    const missing = {
      code: 'TeacherKeyMissing',
      retryable: false,
      hint: expect.stringMatching(/GEMINI_API_KEY.*--simulate/),
    }
    await expect(plan()).rejects.toMatchObject(missing)
    await expect(draft(image)).rejects.toMatchObject(missing)
  })

  test('when the teacher is another than the one that was planned for', async () => {
    const planned = await draftingBench(createScriptedDrafter([good], 'simulated'))
    const image = await addImage(planned.store, 'picture')
    const drafter = createScriptedDrafter([good], 'google')
    const { activities } = await draftingBench(drafter, {}, planned.store)
    const late = activities.draftImage({ ...planned.ref, image, promptVersion: planned.promptVersion })
    await expect(late).rejects.toMatchObject({ code: 'TeacherChanged', retryable: false })
    expect(drafter.requests).toEqual([])
  })

  test('for a quarantined image', async () => {
    const drafter = createScriptedDrafter([good])
    const { store, draft } = await draftingBench(drafter)
    const image = await addImage(store, 'picture', { split: 'quarantined' })
    await expect(draft(image)).rejects.toMatchObject({ code: 'BadInput' })
    expect(drafter.requests).toEqual([])
  })
})
