import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRecord } from '../../../activities/store/records.ts'
import { decodeMask } from '../../../activities/adapters/sharp/decode-mask.ts'
import { scaleForTeacher } from '../../../activities/adapters/sharp/scale-for-teacher.ts'
import { createDraftingActivities } from '../../../activities/drafting.ts'
import { DraftRecord } from '../../../domain/schemas/records/draft.ts'
import type { Fault } from '../../../infra/gemini-simulator/fault-script.ts'
import {
  addImage,
  draftingBench,
  everythingIn,
  keys,
  keysUnder,
} from '../../fixtures/drafting/drafting-bench.ts'
import { canaryKey, rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
beforeAll(async () => {
  bench = await startSimulatorBench('none')
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

/** One demo image in a store of its own, and the activities with the real adapter. */
const stored = async () => {
  const drafting = await draftingBench(bench.drafter())
  const image = await addImage(drafting.store, bench.bytes)
  const read = () => readRecord(drafting.store, keys.draft(drafting.promptVersion, image), DraftRecord)
  return { ...drafting, image, read }
}
const play = (fault: Fault) => bench.play([{ match: 'all', fault }])
const objects = () => bench.image.objects.length

describe('a draft through the real SDK', () => {
  test('holds the published boxes to within half a thousandth', async () => {
    const { draft, image, read } = await stored()
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: objects(), paid: true })
    const boxes = (await read())?.boxes ?? []
    bench.image.objects.forEach(({ class: name, xyxy }, index) => {
      expect(boxes[index]?.class).toBe(name)
      xyxy.forEach((value, corner) => {
        const side = corner % 2 === 0 ? bench.image.size.width : bench.image.size.height
        expect(Math.abs((boxes[index]?.xyxy[corner] ?? NaN) - value)).toBeLessThanOrEqual(side / 2000 + 1e-6)
      })
    })
  })

  test('of a large picture is asked for with a small one and comes back in pixels of the large one', async () => {
    const { store, ref, promptVersion, image, config } = await stored()
    expect(config.teacher.imageSize).toBe(1536)
    const small = await draftingBench(bench.drafter(), { teacher: { imageSize: 320 } }, store)
    let sent = 0
    const activities = createDraftingActivities({
      store,
      drafter: bench.drafter(),
      scale: async (picture, side) => {
        const scaled = await scaleForTeacher(picture, side)
        sent = scaled.length
        return scaled
      },
      decodeMask,
      now: () => new Date(),
      call: () => ({ callId: 'small', signal: new AbortController().signal }),
    })
    await activities.draftImage({ ...small.ref, image, promptVersion: small.promptVersion })
    expect(small.promptVersion).not.toBe(promptVersion)
    expect(ref.configHash).not.toBe(small.ref.configHash)
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(bench.bytes.length)
    const record = await readRecord(store, keys.draft(small.promptVersion, image), DraftRecord)
    const [first] = bench.image.objects
    expect(record?.boxes[0]?.xyxy[2]).toBeCloseTo(first?.xyxy[2] ?? NaN, 0)
  })

  test('of every demo image is paid for once, however often the plan is worked off', async () => {
    const drafting = await draftingBench(bench.drafter())
    const few = bench.truth.images.slice(0, 12)
    const images = await Promise.all(
      few.map(async ({ file }) => addImage(drafting.store, await readFile(file))),
    )
    for (let night = 0; night < 2; night += 1) await Promise.all(images.map((image) => drafting.draft(image)))
    expect(await bench.calls()).toEqual({ received: 12, paid: 12, paidImages: 12, inFlight: 0 })
    expect(await keysUnder(drafting.store, keys.ledger)).toHaveLength(12)
  })
})

describe('a reply with a fault', () => {
  test.each<[string, Fault, string, string[]]>([
    ['in a fence', { kind: 'fenced' }, 'ok', ['fenced']],
    ['between prose', { kind: 'prose' }, 'ok', ['prose']],
    ['in an object', { kind: 'wrapped' }, 'ok', ['wrapped']],
    ['with y1 below y2', { kind: 'inverted' }, 'ok', ['inverted-box']],
    ['that came late', { kind: 'latency', ms: 50 }, 'ok', []],
    ['whose body was slow', { kind: 'slow-body', ms: 50 }, 'ok', []],
  ])('%s loses no box', async (_, fault, status, kinds) => {
    const { draft, image, read } = await stored()
    await play(fault)
    expect(await draft(image)).toMatchObject({ status, boxes: objects() })
    expect([...new Set((await read())?.faults.map(({ kind }) => kind))]).toEqual(kinds)
  })

  test.each<[string, Fault, string]>([
    ['cut in the middle', { kind: 'cut', keep: 0.6 }, 'cut'],
    ['that wants to be continued', { kind: 'cut', keep: 0.6, finishReason: 'CONTINUATION' }, 'cut'],
    ['in a number loop', { kind: 'number-loop' }, 'cut'],
    ['with one wild number', { kind: 'wild-number' }, 'out-of-range'],
    [
      'with a label that the config does not know',
      { kind: 'unknown-label', label: 'artefact' },
      'unknown-label',
    ],
  ])('%s keeps what is whole and says so', async (_, fault, kind) => {
    const { draft, image, read } = await stored()
    await play(fault)
    const result = await draft(image)
    expect(result.status).toBe('partial')
    expect(result.boxes).toBeGreaterThan(0)
    expect(result.boxes).toBeLessThan(objects())
    const record = await read()
    expect(record?.faults.map((fault) => fault.kind)).toContain(kind)
    expect(new Set(record?.boxes.map((box) => box.class))).not.toContain('artefact')
  })

  test('from another model than the one that was asked for says who drew it', async () => {
    const { draft, image, read } = await stored()
    await play({ kind: 'other-model', model: 'gemini-3.5-flash-lite' })
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: objects() })
    const record = await read()
    expect(record?.teacher.modelVersion).toBe('gemini-3.5-flash-lite')
    expect(record?.faults).toEqual([
      { kind: 'other-model', detail: 'gemini-3.5-flash-lite answered for gemini-3.8-flash' },
    ])
  })

  test.each([
    ['in other letters', 'rbc'],
    ['as an alias', 'Red Cell'],
  ])('with a label %s is taken for the class', async (_, label) => {
    const { draft, image, read } = await stored()
    await play({ kind: 'unknown-label', label })
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: objects() })
    expect((await read())?.boxes[0]?.class).toBe('RBC')
  })

  test('that says one box 150 times keeps it once', async () => {
    const { draft, image, read } = await stored()
    await play({ kind: 'box-loop', times: 150 })
    expect(await draft(image)).toMatchObject({ boxes: 1 })
    expect((await read())?.faults).toMatchObject([{ kind: 'repeated-box' }])
  })

  test('with swapped axes is taken as it is: nothing in the reply tells', async () => {
    const { draft, image, read } = await stored()
    await play({ kind: 'swapped-axes' })
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: objects() })
    const [first] = bench.image.objects
    expect((await read())?.boxes[0]?.xyxy).not.toEqual(first?.xyxy)
  })

  test.each<[string, Fault, string]>([
    [
      'a blocked prompt',
      { kind: 'prompt-blocked', reason: 'PROHIBITED_CONTENT' },
      'prompt: PROHIBITED_CONTENT',
    ],
    ['an unsafe answer', { kind: 'ended', finishReason: 'SAFETY' }, 'SAFETY'],
  ])('%s is a blocked draft, billed and never asked for again', async (_, fault, reason) => {
    const { draft, image, read } = await stored()
    await play(fault)
    expect(await draft(image)).toMatchObject({ status: 'blocked', boxes: 0, paid: true })
    expect((await read())?.blockReason).toBe(reason)
    expect(await draft(image)).toMatchObject({ paid: false })
  })

  test.each<[string, Fault]>([
    ['no text at all', { kind: 'cut', keep: 0 }],
    ['an end without a text', { kind: 'empty-parts' }],
    ['no candidates', { kind: 'no-candidates' }],
    ['a malformed answer', { kind: 'ended', finishReason: 'MALFORMED_RESPONSE' }],
    ['an excuse', { kind: 'refusal' }],
    ['a list cut before its first box', { kind: 'cut', keep: 0.01 }],
    ['fractions', { kind: 'other-scale', to: 1 }],
    ['pixels of a large picture', { kind: 'other-scale', to: 4000 }],
    ['a body that is not JSON', { kind: 'broken-json' }],
  ])('%s is a failed call and never "no objects"', async (_, fault) => {
    const { store, draft, image, read, promptVersion } = await stored()
    await play(fault)
    expect(await rejectionOf(draft(image))).toMatchObject({ code: 'TeacherBadReply' })
    expect(await read()).toBeNull()
    expect(await keysUnder(store, keys.attemptsOf(promptVersion, image))).toHaveLength(1)
    await bench.reset()
    expect(await draft(image)).toMatchObject({ status: 'ok', boxes: objects() })
  })
})

test('the key is in nothing that is stored', async () => {
  const { store, draft, image } = await stored()
  const faults: Fault[] = [
    { kind: 'suspended-key' },
    { kind: 'rate-limit' },
    { kind: 'reset' },
    { kind: 'refusal' },
  ]
  for (const fault of faults) {
    await play(fault)
    expect(String(await rejectionOf(draft(image)))).not.toContain(canaryKey)
  }
  await bench.reset()
  await draft(image)
  const everything = await everythingIn(store)
  expect(everything).toContain('has been suspended')
  expect(everything).not.toContain(canaryKey)
})
