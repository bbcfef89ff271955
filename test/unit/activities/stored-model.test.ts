import { beforeEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../activities/content-hash.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { writeRecord } from '../../../activities/store/records.ts'
import { findModel } from '../../../activities/stored-model.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ChampionRecord } from '../../../domain/schemas/records/model.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const keys = storeKeys('cells')
const model = sha256Hex('model')
const twin = `${model.slice(0, 20)}${'0'.repeat(44)}`
let store: ObjectStore

beforeEach(async () => {
  store = createMemoryObjectStore()
  await store.put(keys.modelRecord(model), '{}', 'application/json')
  await store.put(keys.modelOnnx(model), 'onnx', 'application/octet-stream')
})

describe('findModel', () => {
  it('finds a registered model by its hash and by the first digits of it', async () => {
    await expect(findModel(store, 'cells', model)).resolves.toBe(model)
    await expect(findModel(store, 'cells', model.slice(0, 8))).resolves.toBe(model)
  })

  it('finds the champion', async () => {
    const champion = {
      v: 1 as const,
      model,
      since: '2026-01-02T03:04:05Z',
      cycle: 1,
      verdict: 'better' as const,
    }
    await writeRecord(store, keys.champion, ChampionRecord, champion)
    await expect(findModel(store, 'cells', 'champion')).resolves.toBe(model)
  })

  it.each([
    ['champion before there is one', 'champion', 'NotFound'],
    ['digits of no model', 'ffffffff', 'NotFound'],
  ])('fails on %s', async (_, name, code) => {
    await expect(findModel(store, 'cells', name)).rejects.toMatchObject({ code })
  })

  it('does not count a file whose model was never registered', async () => {
    await store.put(keys.modelOnnx(twin), 'onnx', 'application/octet-stream')
    await expect(findModel(store, 'cells', model.slice(0, 8))).resolves.toBe(model)
    await expect(findModel(store, 'cells', twin)).rejects.toMatchObject({ code: 'NotFound' })
  })

  it('asks for more digits when they fit several models', async () => {
    await store.put(keys.modelRecord(twin), '{}', 'application/json')
    await expect(findModel(store, 'cells', model.slice(0, 8))).rejects.toMatchObject({ code: 'BadInput' })
  })
})
