import { expect, test } from 'vitest'
import { crown, readChampion, readSuccession, type Coronation } from '../../../activities/succession.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { id } from '../../fixtures/comparison-bench.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const coronation = (model: string): Coronation => ({
  model: id(model),
  since: '2026-01-02T03:04:05Z',
  cycle: 1,
  verdict: 'better',
  how: 'gate',
  by: null,
  reason: '',
})

async function crownAll(store = createMemoryObjectStore(), ...models: string[]) {
  for (const model of models)
    expect(await crown(store, project, await readChampion(store, project), coronation(model))).toBe(true)
  return store
}

test('the succession keeps every champion in order, each with the one before it', async () => {
  const store = await crownAll(undefined, 'a', 'b', 'a')
  expect(await readSuccession(store, project)).toMatchObject([
    { number: 1, model: id('a'), previous: null },
    { number: 2, model: id('b'), previous: id('a') },
    { number: 3, model: id('a'), previous: id('b') },
  ])
})

test('who looked before another took over crowns nobody and enters nothing', async () => {
  const store = await crownAll(undefined, 'a')
  const seen = await readChampion(store, project)
  await crownAll(store, 'b')
  expect(await crown(store, project, seen, coronation('c'))).toBe(false)
  expect((await readSuccession(store, project)).map(({ model }) => model)).toEqual([id('a'), id('b')])
})

test('an entry that a crash kept from being written is there all the same, and is written by the next', async () => {
  const keys = storeKeys(project)
  const store = await crownAll(undefined, 'a', 'b')
  await store.remove([keys.championEntry(2)])
  expect((await readSuccession(store, project)).map(({ number }) => number)).toEqual([1, 2])
  await crownAll(store, 'c')
  expect(await store.has(keys.championEntry(2))).toBe(true)
  expect((await readSuccession(store, project)).map(({ model }) => model)).toEqual(['a', 'b', 'c'].map(id))
})

test('a champion of an older version is the first of the succession', async () => {
  const store = createMemoryObjectStore()
  const old = { v: 1, model: id('a'), since: '2026-01-02T03:04:05Z', cycle: 1, verdict: 'first' }
  await store.put(storeKeys(project).champion, JSON.stringify(old), 'application/json')
  await crownAll(store, 'b')
  expect(await readSuccession(store, project)).toMatchObject([
    { model: id('a') },
    { number: 2, model: id('b') },
  ])
})
