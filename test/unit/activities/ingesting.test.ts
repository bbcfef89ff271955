import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { normaliseImage } from '../../../activities/adapters/sharp/normalise-image.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { createIngest, type IngestRequest } from '../../../activities/ingesting.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { listImages } from '../../../activities/store/images.ts'
import type { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-ingest-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A picture of its own for every number: 8 x 8 blocks of grey in an order that depends on it. */
function picture(seed: number) {
  let state = (seed * 2654435761) >>> 0
  const blocks = Buffer.from(
    Array.from({ length: 64 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state >>> 24
    }),
  )
  return sharp(blocks, { raw: { width: 8, height: 8, channels: 1 } }).resize(72, 64, { kernel: 'nearest' })
}

async function put(path: string, body: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), body)
}

const ingest = (store: ObjectStore, overrides: Partial<IngestRequest> = {}) =>
  createIngest({ store, normalise: normaliseImage, now: () => new Date('2026-01-02T03:04:05Z') })({
    project: 'blood',
    folder,
    grouping: 'near-duplicates',
    fractions: { val: 0.2, test: 0.2 },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...overrides,
  })

async function records(store: ObjectStore): Promise<ImageRecord[]> {
  const all: ImageRecord[] = []
  for await (const record of listImages(store, 'blood')) all.push(record)
  return all
}

/** The store, noting what is written, failing once it has taken `limit` writes. */
function watched(store: ObjectStore, limit = Infinity) {
  const writes: string[] = []
  const note = (key: string): void => {
    if (writes.length >= limit) throw new Error('the power went out')
    writes.push(key)
  }
  const watching: ObjectStore = {
    ...store,
    put: async (key, ...rest) => (note(key), store.put(key, ...rest)),
    putIfAbsent: async (key, ...rest) => (note(key), store.putIfAbsent(key, ...rest)),
    putIfUnchanged: async (key, ...rest) => (note(key), store.putIfUnchanged(key, ...rest)),
  }
  return { store: watching, writes }
}

describe('ingesting a folder', () => {
  it('stores the bytes under the hash of the source file, and a record with group, split and size', async () => {
    const source = await picture(1).png().toBuffer()
    await put('deep/down/a.png', source)
    const store = createMemoryObjectStore()
    expect(await ingest(store)).toMatchObject({ added: 1, known: 0, failed: [] })
    const image = sha256Hex(source)
    const [record] = await records(store)
    expect(record).toMatchObject({
      image,
      storedSha256: image,
      width: 72,
      height: 64,
      sources: ['deep/down/a.png'],
      group: `image:${image}`,
      ingestedAt: '2026-01-02T03:04:05.000Z',
    })
    const kept = await store.get(`blood/images/${image}.png`)
    expect(Buffer.from(kept?.body ?? [])).toEqual(source)
  })

  it('names a turned photograph by its source file and records the hash of what is kept', async () => {
    const source = await picture(2).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    await put('phone.jpg', source)
    const store = createMemoryObjectStore()
    expect(await ingest(store)).toMatchObject({ added: 1, converted: 1 })
    const [record] = await records(store)
    expect(record).toMatchObject({ image: sha256Hex(source), width: 64, height: 72 })
    const kept = await store.get(`blood/images/${record?.image}.jpg`)
    expect(sha256Hex(kept?.body ?? '')).toBe(record?.storedSha256)
    expect(record?.storedSha256).not.toBe(record?.image)
  })

  it('writes nothing when it is run again', async () => {
    for (let n = 0; n < 5; n++) await put(`${n}.png`, await picture(n).png().toBuffer())
    const memory = createMemoryObjectStore()
    await ingest(memory)
    const { store, writes } = watched(memory)
    expect(await ingest(store)).toMatchObject({ added: 0, known: 5, failed: [] })
    expect(writes).toEqual([])
  })

  it('adds a name when known content turns up elsewhere, and leaves group and split alone', async () => {
    const source = await picture(3).png().toBuffer()
    await put('video_1/a.png', source)
    const store = createMemoryObjectStore()
    await ingest(store)
    const [before] = await records(store)
    await put('video_2/again.png', source)
    await put('video_1/twice.png', source)
    expect(await ingest(store)).toMatchObject({ added: 0, known: 3 })
    const [after] = await records(store)
    expect(after).toEqual({ ...before, sources: ['video_1/a.png', 'video_1/twice.png', 'video_2/again.png'] })
  })

  it('counts one image when the same content stands twice in a new folder', async () => {
    const source = await picture(4).png().toBuffer()
    await put('a.png', source)
    await put('b.png', source)
    const store = createMemoryObjectStore()
    expect(await ingest(store)).toMatchObject({ added: 1, known: 1 })
    expect((await records(store))[0]?.sources).toEqual(['a.png', 'b.png'])
  })

  it('lists what it cannot use with the reason, and stores the rest', async () => {
    await put('good.png', await picture(5).png().toBuffer())
    await put('text.png', 'not a picture')
    await put('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>')
    await put('notes.txt', 'hello')
    await put('.hidden/x.png', await picture(7).png().toBuffer())
    const result = await ingest(createMemoryObjectStore())
    expect(result.added).toBe(1)
    expect(result.failed.map(({ path, reason }) => [path, reason])).toEqual([
      ['drawing.png', 'unsupported-format'],
      ['text.png', 'broken'],
    ])
    expect(result.notImages).toEqual(['notes.txt'])
  })

  it('keeps a recompressed copy in the group and split of its original, also when it comes later', async () => {
    const store = createMemoryObjectStore()
    for (let n = 10; n < 20; n++) await put(`${n}.png`, await picture(n).png().toBuffer())
    await ingest(store)
    for (let n = 10; n < 20; n++)
      await put(`copy-${n}.jpg`, await picture(n).jpeg({ quality: 60 }).toBuffer())
    expect(await ingest(store)).toMatchObject({ added: 10, known: 10 })
    const all = await records(store)
    for (let n = 10; n < 20; n++) {
      const [original, copy] = [`${n}.png`, `copy-${n}.jpg`].map((name) =>
        all.find(({ sources }) => sources.includes(name)),
      )
      expect([copy?.group, copy?.split]).toEqual([original?.group, original?.split])
    }
  })

  it('keeps a folder together when told to', async () => {
    for (let n = 20; n < 32; n++) await put(`${n % 3}/${n}.png`, await picture(n).png().toBuffer())
    const store = createMemoryObjectStore()
    await ingest(store, { grouping: 'folder' })
    expect(new Set((await records(store)).map(({ group }) => group))).toEqual(
      new Set(['source:0', 'source:1', 'source:2']),
    )
  })

  it('ends in the same groups and splits wherever it was interrupted, and stores no bytes twice', async () => {
    for (let n = 40; n < 48; n++) {
      await put(`clip_${n % 2}/${n}.png`, await picture(n).png().toBuffer())
      await put(`loose/${n}.jpg`, await picture(n).jpeg({ quality: 70 }).toBuffer())
    }
    const undisturbed = createMemoryObjectStore()
    await ingest(undisturbed)
    const places = async (store: ObjectStore) =>
      (await records(store)).map(({ image, group, split }) => ({ image, group, split }))
    const expected = await places(undisturbed)

    for (const limit of [0, 1, 2, 7, 16, 25, 31]) {
      const memory = createMemoryObjectStore()
      const first = watched(memory, limit)
      await expect(ingest(first.store)).rejects.toThrow('the power went out')
      const second = watched(memory)
      await ingest(second.store)
      expect(await places(memory)).toEqual(expected)
      const uploads = [...first.writes, ...second.writes].filter((key) => !key.endsWith('.json'))
      expect(uploads).toHaveLength(new Set(uploads).size)
    }
  })

  it('quarantines an image that bridges two splits, and stores it after all others', async () => {
    const memory = createMemoryObjectStore()
    let [train, other] = ['', '']
    for (let n = 0; n < 40 && (train === '' || other === ''); n++) {
      await put(
        `video_${n}/${n}.png`,
        await picture(100 + n)
          .png()
          .toBuffer(),
      )
      await ingest(memory)
      const split = (await records(memory)).find(({ sources }) => sources[0] === `video_${n}/${n}.png`)?.split
      if (split === 'train') train = `video_${n}`
      else other = `video_${n}`
    }
    const bridge = await picture(60).png().toBuffer()
    await put(`${train}/bridge.png`, bridge)
    await put(`${other}/bridge.png`, bridge)
    for (let n = 61; n < 69; n++) await put(`${n}.png`, await picture(n).png().toBuffer())
    const { store, writes } = watched(memory)
    const told = new Map<string, string>()
    const onFile = (path: string, image: string) => void told.set(path, image)
    expect(await ingest(store, { onFile })).toMatchObject({
      added: 9,
      splits: { quarantined: 1 },
      quarantined: [`${[other, train].sort()[0]}/bridge.png`],
    })
    expect(told.get(`${train}/bridge.png`)).toBe(sha256Hex(bridge))
    expect(writes.at(-1)).toContain(sha256Hex(bridge))
  })

  it('stops when it is told to, before writing more', async () => {
    for (let n = 70; n < 80; n++) await put(`${n}.png`, await picture(n).png().toBuffer())
    const controller = new AbortController()
    const { store, writes } = watched(createMemoryObjectStore())
    const run = ingest(store, {
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'storing' && done === 2) controller.abort()
      },
    })
    await expect(run).rejects.toThrow('abort')
    expect(writes.length).toBeLessThan(20)
  })

  it('says which folder it cannot read', async () => {
    const run = ingest(createMemoryObjectStore(), { folder: join(folder, 'nowhere') })
    await expect(run).rejects.toMatchObject({ code: 'BadInput', message: expect.stringContaining('nowhere') })
  })
})
