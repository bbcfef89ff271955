import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findBaseWeights, type Download } from '../../../activities/base-weights.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const bytes = 'weights of the vendor'

let store: ObjectStore
let folder: string
let server: Server
let asked: string[]
let answer: 'bytes' | 'nothing' | 404

beforeEach(async () => {
  store = createMemoryObjectStore()
  folder = join(await mkdtemp(join(tmpdir(), 'understudy-weights-')), 'weights')
  asked = []
  answer = 'bytes'
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (answer === 'nothing') return
    if (answer === 404) response.writeHead(404).end()
    else response.end(bytes)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(join(folder, '..'), { recursive: true })
})

const pinned = (sha256 = sha256Hex(bytes)): Record<string, Download> => ({
  'yolo11n.pt': { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/yolo11n.pt`, sha256 },
})
const find = (
  architecture: string,
  { mayDownload = true, task = 'detect' as const, downloads = pinned() } = {},
) =>
  findBaseWeights({ store, weightsFolder: folder, downloads }, { project, task, architecture, mayDownload })
const inFolder = async (name: string, text: string) => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), text)
}

test.each(['tiny', 'yolo11n.yaml'])(
  '%s asks for none, and the network is left alone',
  async (architecture) => {
    expect(await find(architecture)).toBe('')
    expect(asked).toEqual([])
  },
)

test('auto fetches the small ones, keeps them in the folder, and puts them into the store under their hash', async () => {
  const weights = await find('auto')
  expect(weights).toEqual({ name: 'yolo11n.pt', sha256: sha256Hex(bytes) })
  expect(await readFile(join(folder, 'yolo11n.pt'), 'utf8')).toBe(bytes)
  expect(Buffer.from((await store.get(keys.baseWeights(sha256Hex(bytes))))!.body).toString()).toBe(bytes)
  expect(await find('auto')).toEqual(weights)
  expect(asked).toHaveLength(1)
})

test('other bytes than the pinned ones are thrown away: they would run as code', async () => {
  expect(await find('auto', { downloads: pinned(sha256Hex('others')) })).toBe(
    'yolo11n.pt came with other bytes than expected',
  )
  expect(await readdir(join(folder, '..'))).toEqual([])
})

test('a file in the folder goes before the network, and one that the config names before both', async () => {
  await inFolder('yolo11n.pt', 'my own')
  expect(await find('auto')).toEqual({ name: 'yolo11n.pt', sha256: sha256Hex('my own') })
  await inFolder('better.pt', 'better')
  expect(await find(join(folder, 'better.pt'))).toEqual({ name: 'better.pt', sha256: sha256Hex('better') })
  expect(asked).toEqual([])
})

test('what the store has kept is found again on a host that has neither file nor network', async () => {
  const weights = await find('auto')
  await rm(folder, { recursive: true })
  answer = 404
  expect(await find('auto')).toEqual(weights)
})

test.each([
  ['a network that never answers', 'nothing' as const],
  ['a server that has no such file', 404 as const],
])('%s costs seconds and a word in the plan, not the training', async (_name, said) => {
  answer = said
  const began = performance.now()
  expect(await find('auto')).toBe('yolo11n.pt could not be downloaded')
  expect(performance.now() - began).toBeLessThan(8000)
})

test('downloads can be switched off', async () => {
  expect(await find('auto', { mayDownload: false })).toContain('downloadWeights is off')
  expect(asked).toEqual([])
})

test('weights that the config names and nobody has are a mistake, not a reason to start from scratch', async () => {
  for (const architecture of ['mine.pt', join(folder, 'gone.pt')]) {
    await expect(find(architecture)).rejects.toMatchObject({
      code: 'NotFound',
      hint: expect.stringContaining(folder),
    })
  }
})
