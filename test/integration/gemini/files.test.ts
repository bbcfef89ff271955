import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTeacherFiles } from '../../../activities/adapters/gemini/files.ts'
import { createQuestioner } from '../../../activities/adapters/gemini/questioner.ts'
import { decodeMask } from '../../../activities/adapters/sharp/decode-mask.ts'
import { createAsking } from '../../../activities/asking.ts'
import { createCycleRecordActivities } from '../../../activities/cycles.ts'
import type { TeacherFiles } from '../../../activities/roles/teacher-files.ts'
import { newUpload, sweepUploads } from '../../../activities/uploads/recorded-upload.ts'
import { untilReady } from '../../../activities/uploads/upload-until-ready.ts'
import { writeRecord } from '../../../activities/store/records.ts'
import { UploadRecord } from '../../../domain/schemas/records/upload.ts'
import type { Fault } from '../../../infra/gemini-simulator/fault-script.ts'
import {
  addImage,
  draftingBench,
  everythingIn,
  keys,
  keysUnder,
} from '../../fixtures/drafting/drafting-bench.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'
import { canaryKey, rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
let files: TeacherFiles
/** A demo picture as a PNG of 16 MB: too large for a request, and two parts of an upload. */
let large: Uint8Array
beforeAll(async () => {
  bench = await startSimulatorBench('none')
  files = createTeacherFiles(bench.teacher, { timeoutMs: 10_000 })
  large = await sharp(bench.bytes).resize(2700).png({ compressionLevel: 0 }).toBuffer()
  expect(large.length).toBeGreaterThan(15_000_000)
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const signal = new AbortController().signal
const play = (fault: Fault, times = 1) => bench.play([{ match: 'all', times, fault }])
const dayAndMore = 26 * 3_600_000

/** A project with one picture, asked about through the real SDK. */
async function drafted(bytes: Uint8Array, teacher: Record<string, unknown> = {}) {
  const store = createMemoryObjectStore()
  let time = Date.parse('2026-11-21T02:00:00Z')
  const made = await draftingBench(bench.drafter({ timeoutMs: 20_000 }), { teacher }, store, {
    files,
    now: () => new Date(time),
  })
  const image = await addImage(store, bytes, { mimeType: bytes === large ? 'image/png' : 'image/jpeg' })
  const records = () => keysUnder(store, keys.uploads)
  return { ...made, image, records, later: (ms: number) => (time += ms) }
}
const nothingLeft = async ({ records }: { records: () => Promise<string[]> }): Promise<void> => {
  expect((await bench.files()).files).toEqual([])
  expect(await records()).toEqual([])
}

describe('an uploaded picture', () => {
  test('comes in parts, can be asked about by its address, and is gone once it is deleted', async () => {
    const seen = await files.upload({ name: 'picture-1', imageBytes: large, mimeType: 'image/png' })
    expect((await bench.files()).files).toMatchObject([
      { name: 'files/picture-1', state: 'ACTIVE', sizeBytes: String(large.length) },
    ])
    const fileUri = await untilReady(files, 'picture-1', { signal, seen, missing: 'fail' })
    const byAddress = await bench.drafter().draft(bench.request({ fileUri }))
    const inline = await bench.drafter().draft(bench.request())
    expect(byAddress).toMatchObject({ kind: 'text', usage: inline.usage })
    if (byAddress.kind === 'text' && inline.kind === 'text') expect(byAddress.text).toBe(inline.text)
    await files.remove('picture-1')
    await files.remove('picture-1')
    expect(await files.look('picture-1')).toBeNull()
    expect((await bench.files()).files).toEqual([])
  })

  test('is waited for while it is processed, and refused by the vendor before', async () => {
    await play({ kind: 'file-processing', ms: 400 })
    const seen = await files.upload({ name: 'slow', imageBytes: bench.bytes, mimeType: 'image/jpeg' })
    expect(seen).toEqual({ state: 'processing' })
    const early = bench.drafter().draft(bench.request({ fileUri: `${bench.url}/v1/files/slow` }))
    expect(await rejectionOf(early)).toMatchObject({ code: 'TeacherFileGone', retryable: true })
    const fileUri = await untilReady(files, 'slow', { signal, seen, missing: 'fail' })
    expect(await bench.drafter().draft(bench.request({ fileUri }))).toMatchObject({ kind: 'text' })
  })

  test('that is not there (any more) is no failure of the key', async () => {
    await play({ kind: 'file-expired' })
    await files.upload({ name: 'old', imageBytes: bench.bytes, mimeType: 'image/jpeg' })
    expect(await files.look('old')).toBeNull()
    const asked = bench.drafter().draft(bench.request({ fileUri: `${bench.url}/v1/files/old` }))
    expect(await rejectionOf(asked)).toMatchObject({ code: 'TeacherFileGone', retryable: true })
  })
})

describe('a picture that is too large for a request', () => {
  test('is uploaded for its call, and deleted after', async () => {
    const made = await drafted(large)
    expect(await made.draft(made.image)).toMatchObject({ status: 'ok', boxes: bench.image.objects.length })
    expect(await bench.files()).toMatchObject({ uploaded: 1, deleted: 1 })
    await nothingLeft(made)
  })

  test.each<[string, Fault, string]>([
    ['the call is refused', { kind: 'status', code: 503 }, 'TeacherUnavailable'],
    ['the key is suspended', { kind: 'suspended-key' }, 'TeacherAuth'],
    ['the reply is useless', { kind: 'refusal' }, 'TeacherBadReply'],
    ['the picture cannot be processed', { kind: 'file-failed' }, 'TeacherBadRequest'],
    ['it has expired at once', { kind: 'file-expired' }, 'TeacherFileGone'],
    ['the answer to the upload is lost', { kind: 'file-answer-lost' }, 'TeacherUnavailable'],
  ])('leaves nothing behind when %s', async (_, fault, code) => {
    const made = await drafted(large)
    await play(fault)
    const error = await rejectionOf(made.draft(made.image))
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain(canaryKey)
    await nothingLeft(made)
  })

  test('is refused before anything is sent where uploads are not wanted', async () => {
    const made = await drafted(large, { uploads: 'never' })
    expect(await rejectionOf(made.draft(made.image))).toMatchObject({
      code: 'TeacherRequestTooLarge',
      retryable: false,
    })
    expect(await bench.calls()).toMatchObject({ received: 0 })
    expect(await bench.files()).toMatchObject({ uploaded: 0 })
  })

  test('goes as a file where a question shows it with others', async () => {
    const picture = { label: 'a', imageBytes: large, mimeType: 'image/png', size: bench.image.size } as const
    const small = { ...picture, label: 'b', imageBytes: bench.bytes, mimeType: 'image/jpeg' } as const
    const ask = createAsking(
      {
        questioner: createQuestioner(bench.teacher, { timeoutMs: 20_000 }),
        files,
        decodeMask,
        onBill: async () => {},
        pay: (_, run) => run({ callId: 'question', startedAt: '2026-11-21T02:00:00Z' }),
        retry: { signal, wait: async () => {}, onWait: () => {} },
      },
      {
        model: 'gemini-3.8-flash',
        thinking: 'low',
        maxOutputTokens: 8192,
        price: null,
        budgetUsd: null,
        worstCaseUsd: 0,
      },
    )
    const answer = await ask(
      { form: 'boxes', prompt: 'every cell', pictures: 2, language: null, outlines: 'polygons' },
      [picture, small],
    )
    expect(answer.pictures.map(({ items }) => items.length > 0)).toEqual([true, true])
    expect(await bench.files()).toMatchObject({ uploaded: 1, deleted: 1, files: [] })
  })
})

describe('a picture that a draft shows several times', () => {
  const teacher = { samples: 3, uploads: 'always' }

  test('is uploaded once for all calls, and deleted when the draft is there', async () => {
    const made = await drafted(bench.bytes, teacher)
    await play({ kind: 'file-processing', ms: 300 })
    const results = await Promise.all([0, 1, 2].map((part) => made.draft(made.image, part)))
    expect(results.map(({ paid }) => paid)).toEqual([true, true, true])
    expect(await bench.files()).toMatchObject({ uploaded: 1, deleted: 1 })
    await nothingLeft(made)
  })

  test('goes with the request where the upload fails: it only saves time', async () => {
    const made = await drafted(bench.bytes, teacher)
    await play({ kind: 'file-failed' }, 3)
    for (const part of [0, 1, 2]) expect(await made.draft(made.image, part)).toMatchObject({ paid: true })
    await nothingLeft(made)
  })

  test('is deleted at once when a call fails for good', async () => {
    const made = await drafted(bench.bytes, teacher)
    await play({ kind: 'suspended-key' })
    expect(await rejectionOf(made.draft(made.image, 0))).toMatchObject({ code: 'TeacherAuth' })
    expect(await bench.files()).toMatchObject({ uploaded: 1 })
    await nothingLeft(made)
  })

  test('stays for the calls that are left when one fails, and is swept when the cycle is closed', async () => {
    const made = await drafted(bench.bytes, teacher)
    await bench.play([{ match: { call: 2 }, fault: { kind: 'status', code: 503 } }])
    await made.draft(made.image, 0)
    await rejectionOf(made.draft(made.image, 1))
    expect((await bench.files()).files).toHaveLength(1)
    const { store, ref } = made
    const now = () => new Date()
    const { closeCycle } = createCycleRecordActivities({
      store,
      now,
      clear: (project) => sweepUploads({ store, files, now }, project, 0),
    })
    await closeCycle({ ...ref, outcome: 'completed', summary: {} })
    await nothingLeft(made)
  })

  test('that could not be deleted is deleted by the next plan', async () => {
    const made = await drafted(bench.bytes, { ...teacher, samples: 2 })
    await play({ kind: 'file-delete-refused' })
    await made.draft(made.image, 0)
    expect(await made.draft(made.image, 1)).toMatchObject({ status: 'ok' })
    expect((await bench.files()).files).toHaveLength(1)
    made.later(60_000)
    await made.plan()
    expect((await bench.files()).files).toHaveLength(1)
    made.later(dayAndMore)
    await made.plan()
    await nothingLeft(made)
  })
})

describe('what a worker that was killed has left', () => {
  test('is known by name from before the upload began, and swept', async () => {
    const made = await drafted(bench.bytes)
    const upload = newUpload({ files, now: () => new Date('2026-11-20T00:00:00Z') }, 'lost')
    const key = keys.upload(made.promptVersion, made.image, 'lost')
    await writeRecord(made.store, key, UploadRecord, upload)
    await files.upload({ name: upload.name, imageBytes: bench.bytes, mimeType: 'image/jpeg' })
    await made.plan()
    await nothingLeft(made)
  })

  test('with another endpoint is left to it until it must have expired', async () => {
    const made = await drafted(bench.bytes)
    const { store } = made
    const elsewhere = { ...newUpload({ files, now: () => new Date(0) }, 'x'), endpoint: 'google' }
    const at = '2026-11-20T00:00:00Z'
    await writeRecord(store, keys.upload(made.promptVersion, made.image, 'x'), UploadRecord, {
      ...elsewhere,
      at,
    })
    expect(
      await sweepUploads({ store, files, now: () => new Date('2026-11-21T23:00:00Z') }, 'cells', 0),
    ).toBe(1)
    expect(
      await sweepUploads({ store, files, now: () => new Date('2026-11-22T02:00:00Z') }, 'cells', 0),
    ).toBe(0)
    expect(await made.records()).toEqual([])
  })
})

test('the key is in no record, reply, address or error of an upload', async () => {
  const made = await drafted(bench.bytes, { samples: 2, uploads: 'always' })
  await bench.play([{ match: { call: 2 }, fault: { kind: 'suspended-key' } }])
  await made.draft(made.image, 0)
  expect(String(await rejectionOf(made.draft(made.image, 1)))).not.toContain(canaryKey)
  const everything = await everythingIn(made.store)
  expect(everything).toContain('"endpoint":"simulated"')
  expect(everything).toContain('has been suspended')
  expect(everything).not.toContain(canaryKey)
  expect(JSON.stringify(await bench.files())).not.toContain(canaryKey)
})
