import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeMask } from '../../../activities/adapters/sharp/decode-mask.ts'
import { scaleForTeacher } from '../../../activities/adapters/sharp/scale-for-teacher.ts'
import { createDraftingActivities } from '../../../activities/drafting.ts'
import { readRecord } from '../../../activities/store/records.ts'
import type { LabelledBox } from '../../../domain/box.ts'
import { iou } from '../../../domain/iou.ts'
import { hull } from '../../../domain/polygon.ts'
import { DraftRecord } from '../../../domain/schemas/records/draft.ts'
import type { Fault } from '../../../infra/gemini-simulator/fault-script.ts'
import type { ProfileName } from '../../../infra/gemini-simulator/profiles.ts'
import { addImage, draftingBench, keys, keysUnder } from '../../fixtures/drafting/drafting-bench.ts'
import { startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
let erring: SimulatorBench
beforeAll(async () => {
  bench = await startSimulatorBench('none')
  erring = await startSimulatorBench('default')
})
afterAll(() => Promise.all([bench.close(), erring.close()]))
beforeEach(() => Promise.all([bench.reset(), erring.reset()]))

const profiles: Partial<Record<ProfileName, () => SimulatorBench>> = {
  none: () => bench,
  default: () => erring,
}

/** One demo image under a config, with the real adapters for Gemini and pictures. */
async function drafted(change: Record<string, unknown>, profile: ProfileName = 'none') {
  const simulator = profiles[profile]!()
  const made = await draftingBench(simulator.drafter(), change)
  const image = await addImage(made.store, simulator.bytes)
  let calls = 0
  const activities = createDraftingActivities({
    store: made.store,
    drafter: simulator.drafter(),
    scale: scaleForTeacher,
    decodeMask,
    now: () => new Date('2026-11-21T02:00:00Z'),
    call: () => ({ callId: `call-${++calls}`, signal: new AbortController().signal }),
  })
  const { promptVersion, ref } = made
  const plan = await activities.planDrafts({ ...ref, limit: null })
  const draft = (part?: number) =>
    activities.draftImage({ ...ref, image, promptVersion, ...(part === undefined ? {} : { part }) })
  const read = () => readRecord(made.store, keys.draft(promptVersion, image), DraftRecord)
  const all = async () => {
    const results = []
    for (let part = 0; part < (plan.callsPerImage ?? 1); part += 1) {
      results.push(await draft(plan.callsPerImage === undefined ? undefined : part))
    }
    return results
  }
  return { ...made, image, plan, draft, all, read }
}

const play = (fault: Fault) => bench.play([{ match: 'all', fault }])
/** Share of an ellipse in its box: pi / 4. */
const ellipse = 0.785

const areaOf = ({ polygons = [] }: LabelledBox): number =>
  polygons.reduce((sum, ring) => {
    const twice = ring.reduce((s, [x, y], i) => {
      const [nx, ny] = ring[(i + 1) % ring.length]!
      return s + x * ny - nx * y
    }, 0)
    return sum + Math.abs(twice) / 2
  }, 0)

describe('outlines through the real SDK', () => {
  test.each([
    ['polygons', 'gemini-3.8-flash'],
    ['masks', 'gemini-2.5-flash-lite'],
  ])('come as %s from %s and end as outlines in pixels', async (_, model) => {
    const { all, read } = await drafted({ task: 'segment', teacher: { model, maxOutputTokens: 65_536 } })
    const results = await all()
    const record = await read()
    expect({ results, faults: record?.faults }).toMatchObject({ results: [{ status: 'ok', paid: true }] })
    expect(record?.boxes).toHaveLength(bench.image.objects.length)
    record?.boxes.forEach((box, index) => {
      const published = bench.image.objects[index]!.xyxy
      expect(iou(box.xyxy, published)).toBeGreaterThan(0.85)
      expect(box.xyxy).toEqual(hull(box.polygons!.flat()))
      const [x1, y1, x2, y2] = box.xyxy
      expect(areaOf(box) / ((x2 - x1) * (y2 - y1))).toBeGreaterThan(ellipse - 0.06)
      expect(areaOf(box) / ((x2 - x1) * (y2 - y1))).toBeLessThan(ellipse + 0.06)
    })
  })

  test.each<[Fault['kind'], string, string]>([
    ['seg-tokens', 'gemini-2.5-flash-lite', 'no PNG'],
    ['broken-mask', 'gemini-2.5-flash-lite', 'the mask is no picture'],
    ['stray-outlines', 'gemini-3.8-flash', 'not where its box is'],
  ])('that cannot be used (%s) never cost a box its place', async (kind, model, detail) => {
    const { all, read } = await drafted({ task: 'segment', teacher: { model, maxOutputTokens: 65_536 } })
    await play({ kind } as Fault)
    expect(await all()).toMatchObject([{ status: 'partial' }])
    const record = await read()
    const objects = bench.image.objects.length
    expect(record?.boxes).toHaveLength(objects)
    expect(record?.boxes.every(({ polygons }) => polygons === undefined)).toBe(true)
    const bad = record?.faults.filter((fault) => fault.kind === 'bad-outline') ?? []
    expect(bad).toHaveLength(objects)
    expect(bad[0]?.detail).toContain(detail)
  })

  test('with y first are put right, and the draft says so', async () => {
    const { all, read } = await drafted({ task: 'segment' })
    await play({ kind: 'swapped-outlines' })
    await all()
    const record = await read()
    // An object near the diagonal may fit both ways round.
    expect(record?.faults.some(({ kind }) => kind === 'swapped-outline')).toBe(true)
    record?.boxes.forEach((box, index) => {
      if (box.polygons !== undefined)
        expect(iou(box.xyxy, bench.image.objects[index]!.xyxy)).toBeGreaterThan(0.5)
    })
  })
})

describe('a draft of several calls', () => {
  test('is paid call by call and there when the last one is answered', async () => {
    const { all, plan, read, store, image, promptVersion } = await drafted(
      { teacher: { samples: 3 } },
      'default',
    )
    expect(plan.callsPerImage).toBe(3)
    const results = await all()
    expect(results.map(({ status, paid }) => `${status} ${paid}`)).toEqual([
      'part true',
      'part true',
      'ok true',
    ])
    const record = await read()
    const scores = new Set(record?.boxes.map(({ score }) => score))
    expect([...scores].every((score) => [1 / 3, 2 / 3, 1].includes(score!))).toBe(true)
    expect(scores.size).toBeGreaterThan(1)
    expect(record?.usd).toBeCloseTo(results.reduce((sum, { usd }) => sum + usd, 0))
    expect(await keysUnder(store, keys.ledger)).toHaveLength(3)
    expect(await keysUnder(store, `cells/draft-parts/${promptVersion}/${image}/`)).toHaveLength(6)
    expect(await erring.calls()).toMatchObject({ paid: 3, paidImages: 1 })
  })

  test('asks again only for what is missing, and never for a part that is there', async () => {
    const { draft, all, read } = await drafted({ teacher: { samples: 3 } })
    await bench.play([{ match: { call: 2 }, fault: { kind: 'status', code: 503 } }])
    expect(await draft(0)).toMatchObject({ status: 'part', paid: true })
    await expect(draft(1)).rejects.toMatchObject({ code: 'TeacherUnavailable' })
    expect(await draft(2)).toMatchObject({ status: 'part', paid: true })
    expect(await read()).toBeNull()
    expect((await all()).map(({ paid }) => paid)).toEqual([false, true, false])
    expect(await bench.calls()).toMatchObject({ received: 4, paid: 3 })
    expect(await read()).toMatchObject({ status: 'ok' })
  })

  test('with tiles finds the published objects once each, small ones too', async () => {
    const { all, plan, read } = await drafted({ teacher: { tiles: 2 } })
    expect(plan.callsPerImage).toBe(5)
    await all()
    const boxes = (await read())?.boxes ?? []
    const { objects } = bench.image
    expect(boxes).toHaveLength(objects.length)
    for (const { class: name, xyxy } of objects) {
      expect(boxes.some((box) => box.class === name && iou(box.xyxy, xyxy) > 0.8)).toBe(true)
    }
  })

  test('a tile that is refused leaves the rest, and says so', async () => {
    const { all, read } = await drafted({ teacher: { tiles: 2 } })
    await bench.play([{ match: { call: 3 }, fault: { kind: 'prompt-blocked', reason: 'SAFETY' } }])
    expect((await all()).at(-1)).toMatchObject({ status: 'partial' })
    expect((await read())?.faults).toEqual([{ kind: 'blocked', detail: 'call 3: prompt: SAFETY' }])
  })
})

describe('a class in open words', () => {
  const classes = [
    { name: 'RBC' },
    { name: 'thrombocyte', prompt: 'the tiny platelets between the larger cells' },
  ]

  test('is asked about in a call of its own, and whatever fits is of that class', async () => {
    const { all, plan, read } = await drafted({ classes })
    expect(plan.callsPerImage).toBe(2)
    await all()
    const boxes = (await read())?.boxes ?? []
    const published = (name: string) => bench.image.objects.filter((object) => object.class === name).length
    const found = (name: string) => boxes.filter((box) => box.class === name).length
    expect(found('RBC')).toBe(published('RBC'))
    expect(found('thrombocyte')).toBe(published('Platelets'))
  })
})

test.each(['low', 'ultra-high'] as const)(
  'a resolution of %s is asked for where the API knows it, and billed so',
  async (mediaResolution) => {
    const { all, read } = await drafted({ teacher: { mediaResolution } })
    await all()
    const plain = await drafted({})
    await plain.all()
    const tokens = ((await read())?.usage.prompt ?? 0) - ((await plain.read())?.usage.prompt ?? 0)
    expect(tokens).toBe({ low: 280, 'ultra-high': 2240 }[mediaResolution] - 1120)
  },
)

test('tiles of all demo pictures are known again', async () => {
  const picked = bench.truth.images.filter((_, index) => index % 17 === 0)
  for (const image of picked) {
    const encoded = await readFile(image.file)
    const size = image.size
    const tile = await scaleForTeacher({ encoded, mimeType: 'image/jpeg', size }, 1536, [284, 213, 640, 480])
    expect((await bench.truth.recognise(tile))?.name).toBe(image.name)
  }
})
