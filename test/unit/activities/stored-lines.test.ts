import { expect, test } from 'vitest'
import { z } from 'zod'
import { readLines, writeLines, writeLinesOnce } from '../../../activities/store/records.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const Line = z.object({ word: z.string() })
const words = ['dog', '猫', 'a\nb', '🐈‍⬛'].map((word) => ({ word }))

test('lines come back as they were written, in any script', async () => {
  const store = createMemoryObjectStore()
  await writeLines(store, 'a', Line, words)
  expect(await readLines(store, 'a', Line)).toEqual(words)
  await writeLines(store, 'none', Line, [])
  expect(await readLines(store, 'none', Line)).toEqual([])
  expect(await writeLinesOnce(store, 'a', Line, [])).toBe(false)
})

test('the last line may lack its end, empty lines are none, and a bad one is named by its place', async () => {
  const store = createMemoryObjectStore()
  await store.put('a', '{"word":"x"}\n\n{"word":"y"}', 'application/x-ndjson')
  expect(await readLines(store, 'a', Line)).toEqual([{ word: 'x' }, { word: 'y' }])
  await store.put('b', '{"word":"x"}\n\n{"word":1}\n', 'application/x-ndjson')
  await expect(readLines(store, 'b', Line)).rejects.toThrow('b line 3')
})
