import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { createObjectStore } from '../../../activities/adapters/minio/object-store.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { planTraining } from '../../../activities/planning-training.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { requireRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { trainId } from '../../../domain/contracts/workflow-ids.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { ModelRecord } from '../../../domain/schemas/records/model.ts'
import { workerEnvironment } from '../../../infra/stack/worker-environment.ts'

const worker = fileURLToPath(new URL('../../../worker/main.ts', import.meta.url))
const program = fileURLToPath(new URL('../../fixtures/command-trainer/trainer.mjs', import.meta.url))
const project = `command-${randomUUID().slice(0, 8)}`
const prefix = `${project}-`
const keys = storeKeys(project)
const dataset = sha256Hex(project)

let home: string
let host: ChildProcess
let client: Client
const store = () => createObjectStore(inject('settings').store)

/** A training host as an operator sets one up: the worker's program with its environment, and a trainer of their own. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-training-host-'))
  const ready = join(home, 'ready.json')
  const settings = {
    ...inject('settings'),
    queuePrefix: prefix,
    trainer: {
      program: '/no/ultralytics/here',
      runsFolder: join(home, 'runs'),
      command: program,
      weightsFolder: join(home, 'weights'),
      slotFolder: join(home, 'slot'),
    },
  }
  const environment = workerEnvironment(settings, { home, requestsPerMinute: 60, readyFile: ready })
  host = spawn(process.execPath, [worker, '--queues', 'core,train,infer'], {
    env: { PATH: process.env['PATH'], HOME: home, ...environment },
    stdio: 'ignore',
  })
  const { address, namespace } = settings.temporal
  client = new Client({ connection: await Connection.connect({ address }), namespace })
  await putDataset()
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), { timeout: 110_000, interval: 200 })
}, 120_000)
afterAll(async () => {
  host.kill('SIGTERM')
  await new Promise((resolve) => host.once('exit', resolve))
  await client.connection.close()
  await rm(home, { recursive: true, force: true })
}, 60_000)

async function putDataset(): Promise<void> {
  const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer()
  const chunks: string[] = []
  for (const split of ['train', 'val', 'test'] as const) {
    const image = sha256Hex(`${project} ${split}`)
    await store().put(keys.imageBytes(image, 'png'), bytes, 'image/png')
    const size = { extension: 'png' as const, width: 64, height: 64, group: split, split }
    await writeRecord(store(), keys.imageRecord(image), ImageRecord, {
      v: 1,
      image,
      storedSha256: sha256Hex(bytes),
      mimeType: 'image/png',
      sources: [split],
      dhash: '0'.repeat(16),
      ingestedAt: '2026-11-21T04:00:00Z',
      ...size,
    })
    chunks.push(keys.datasetImages(dataset, split, 0))
    const boxes = [{ class: 'red', xyxy: [0, 0, 64, 64] as [number, number, number, number] }]
    await writeLines(store(), chunks.at(-1)!, DatasetLine, [{ image, boxes, ...size }])
  }
  await writeRecord(store(), keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['red', 'blue'],
    images: { train: 1, val: 1, test: 1 },
    boxes: 3,
    empty: 0,
    boxesByClass: { red: 3 },
    chunks,
  })
}

async function trainWith(student: Record<string, unknown>) {
  const classes = [{ name: 'red' }, { name: 'blue' }]
  const configHash = await saveConfig(store(), ProjectConfig.parse({ project, classes, student }))
  const plan = await planTraining(
    { store: store(), weightsFolder: home, downloads: {} },
    { project, configHash, cycle: 1, dataset },
  )
  const workflowId = trainId(project, plan.trainKey)
  const { trainKey, description } = plan
  const input = { v: 1, project, configHash, cycle: 1, dataset, trainKey, description }
  const result = client.workflow.execute('train', { taskQueue: `${prefix}core`, workflowId, args: [input] })
  return { plan, workflowId, result }
}

test("a whole training with somebody's own trainer ends in a registered model that says who made it", async () => {
  const { plan, workflowId, result } = await trainWith({
    trainer: 'command',
    trainerVersion: '1.0',
    epochs: 4,
  })
  expect(plan.description).toMatch(/^auto from scratch, /)
  const { model } = await result
  expect(await requireRecord(store(), keys.modelRecord(model), ModelRecord)).toMatchObject({
    trainKey: plan.trainKey,
    classes: ['red', 'blue'],
    trainer: { name: 'command', version: '1.0' },
    packages: { pretender: '1.0' },
    startedFrom: 'scratch',
  })
  for (const file of ['training.csv', 'weights.pt']) {
    expect(await store().has(keys.modelFile(model, file))).toBe(true)
  }
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  const told = events?.filter((event) => event.workflowExecutionSignaledEventAttributes) ?? []
  expect(told.length).toBeGreaterThan(0)
}, 90_000)

test('a host without the trainer that a project wants names what is not there', async () => {
  const { result } = await trainWith({ trainer: 'ultralytics', architecture: 'tiny', epochs: 1 })
  await expect(result).rejects.toMatchObject({
    cause: { cause: { type: 'TrainerMissing', message: expect.stringContaining('/no/ultralytics/here') } },
  })
}, 90_000)
