import { readdir, readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { listAttempts } from '../../activities/detached-training/run-folder.ts'
import { readRecord } from '../../activities/store/records.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import { startGeminiSimulator, type GeminiSimulator } from '../../infra/gemini-simulator/server.ts'
import { loadTruth } from '../../infra/gemini-simulator/truth.ts'
import { readSecrets } from '../../infra/stack/secrets.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { startStack } from '../../infra/stack/up.ts'
import { openDemoLoop, simulatorAt, type DemoLoop } from '../fixtures/stack/demo-loop.ts'
import { pidOf, processesWith, showsProcesses } from '../fixtures/stack/processes.ts'
import { startTestStack, testEnvironment, type TestStack } from '../fixtures/stack/start-test-stack.ts'

/** Of a real key's form, but put together here: no scanner of sources should take it for one. */
const canary = ['AIza', 'SyCanary0123456789-nobody-may-see-me'].join('')
const images = 14
const samples = 2
const picture = fileURLToPath(new URL('../../demo/blood-cells/images/BloodImage_00004.jpg', import.meta.url))
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

let stack: TestStack
let loop: DemoLoop
let folder: string
/** Plays Google: whatever key comes is as good as any. */
let google: GeminiSimulator
let withKey: NodeJS.ProcessEnv
const said: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-secrets-'))
  google = await startGeminiSimulator({
    port: 0,
    seed: 'other',
    profile: 'default',
    latencyMs: 0,
    truth: await loadTruth([demoTruth]),
  })
  withKey = { ...testEnvironment(), GEMINI_API_KEY: canary, GOOGLE_GEMINI_BASE_URL: google.url }
  stack = await startTestStack({ worker: true, simulate: { truth: [demoTruth] }, requestsPerMinute: 6000 })
  loop = await openDemoLoop(stack.settings, {
    images,
    review: { firstBatch: 4, routedBatch: 4 },
    student: { architecture: 'tiny', imageSize: 64, epochs: 2 },
    gate: { minImages: 2 },
    // Every picture lies on the vendor's disk for a while.
    teacher: { samples, uploads: 'always' },
  })
  await writeFile(join(folder, 'understudy.yaml'), JSON.stringify(loop.config))
}, 300_000)
afterAll(async () => {
  await loop?.close()
  await stack?.stop()
  await google?.close()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

/** The command, with the key in its environment as a user has it; all it says is kept. */
async function understudy(...words: string[]): Promise<{ exitCode: number | undefined; stdout: string }> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, '-C', folder, ...words], {
    env: { ...withKey, UNDERSTUDY_HOME: stack.home.folder },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  said.push(stdout, stderr)
  return { exitCode, stdout }
}

// One life of a project, in this order; the last tests look at what it has left everywhere.
describe('a key that comes after simulated drafts', () => {
  test('is refused by its vendor with a typed failure, and no image counts as drafted', async () => {
    await loop.start()
    await loop.reaches('review', 60_000)
    await loop.finishReview()
    expect(await loop.result()).toMatchObject({ outcome: 'nothing-reviewed' })
    expect(await draftsByTeacher()).toEqual({ simulated: images })

    const up = await startStack({ home: stack.home, ports: 'random', environment: withKey })
    expect(up.outcome).toBe('changed')
    await simulatorAt(google.url).script([{ match: 'all', fault: { kind: 'suspended-key' } }])
    expect((await understudy('cycle', 'start', '--yes')).exitCode).toBe(0)
    await expect(loop.result()).rejects.toThrow()
    expect((await loop.state()).failure).toMatchObject({ code: 'TeacherAuth' })
    await understudy('cycle', 'status')
    await understudy('logs', 'worker')
    expect(said.join()).toContain('GEMINI_API_KEY')
    expect(await draftsByTeacher()).toEqual({ simulated: images })
    expect((await filesOf(google.url)).files).toEqual([])
  })

  test('has every image planned and drafted anew, under another prompt version', async () => {
    const vendor = simulatorAt(google.url)
    await vendor.script([{ match: 'all', times: 3, fault: { kind: 'rate-limit', retryInfoSeconds: 1 } }])
    const started = JSON.parse((await understudy('cycle', 'start', '--yes', '--json')).stdout)
    expect(started).toMatchObject({
      started: true,
      estimate: { calls: images * samples, teacher: { simulated: false } },
    })
    await loop.reaches('review', 60_000)
    expect(await draftsByTeacher()).toEqual({ simulated: images, custom: images })
    expect(await vendor.calls()).toMatchObject({ paid: images * samples, paidImages: images })
    expect(await filesOf(google.url)).toMatchObject({ files: [] })
    expect((await filesOf(google.url)).deleted).toBeGreaterThanOrEqual(images)
  })

  test.runIf(showsProcesses)(
    'is in the environment of the worker and of no other process, the trainer included',
    async () => {
      await loop.review()
      const trainer = await vi.waitFor(runningTrainer, { timeout: 180_000, interval: 50 })
      const worker = pidOf(stack.home, 'worker')
      expect(processesWith(canary, 'environ')).toEqual([worker])
      expect(processesWith(canary, 'cmdline')).toEqual([])
      // It would be seen, were it there: the trainer's environment can be read.
      expect(processesWith('YOLO_OFFLINE=1', 'environ')).toContain(trainer)
      expect(await loop.result()).toMatchObject({ outcome: 'completed' })
    },
  )

  test('is in no history, log, record, report or file, and the command never says it', async () => {
    // `doctor` asks the vendor with the key, and the report is the newest one.
    await understudy('doctor', '--json')
    await understudy('draft', '--estimate')
    await understudy('ask', picture, 'every cell')
    await simulatorAt(google.url).script([{ match: 'all', fault: { kind: 'suspended-key' } }])
    expect((await understudy('ask', picture, 'every cell')).exitCode).toBe(1)
    await understudy('status', '--json')
    await understudy('cost')
    await understudy('report', '--out', join(folder, 'report.html'))
    const everywhere = async (text: string): Promise<Record<string, boolean>> => ({
      history: (await histories()).some((history) => history.includes(text)),
      object: (await objects()).some((object) => object.includes(text)),
      file: (await files(stack.home.folder)).some((file) => file.includes(text)),
      report: (await files(folder)).some((file) => file.includes(text)),
      word: said.some((words) => words.includes(text)),
    })
    const hidden = { history: false, object: false, file: false, report: false, word: false }
    expect(await everywhere(canary)).toEqual(hidden)
    expect(await everywhere(Buffer.from(canary).toString('base64'))).toEqual(hidden)
    // The same eyes see what is no secret in all of these places.
    expect(await everywhere(loop.name)).toEqual({
      history: true,
      object: true,
      file: true,
      report: true,
      word: true,
    })
    expect((await histories()).some((history) => history.includes('TeacherAuth'))).toBe(true)
  })

  test('keeps company: no secret of the stack is in a history, an object or what the command says', async () => {
    const { store, board, control } = readSecrets(stack.home)!
    const places = [...(await histories()), ...(await objects()), ...said.map((words) => Buffer.from(words))]
    for (const secret of [store.secretKey, board.token, board.password, board.secretKey, control]) {
      expect(places.filter((place) => place.includes(secret))).toEqual([])
    }
  })
})

/** What lies on the vendor's disk. */
async function filesOf(url: string) {
  const answer = await fetch(`${url}/_control/files`)
  return z.object({ deleted: z.int(), files: z.array(z.unknown()) }).parse(await answer.json())
}

/** Drafts in the store, by the endpoint that made them; each endpoint has one prompt version. */
async function draftsByTeacher(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const versions = new Map<string, string>()
  for await (const key of loop.store.list(loop.keys.allDrafts)) {
    const version = /drafts\/([0-9a-f]{64})\/[0-9a-f]{64}\.json$/.exec(key)?.[1]
    if (version === undefined) continue
    const { teacher } = (await readRecord(loop.store, key, DraftRecord))!
    expect(versions.get(version) ?? teacher.endpoint).toBe(teacher.endpoint)
    versions.set(version, teacher.endpoint)
    counts[teacher.endpoint] = (counts[teacher.endpoint] ?? 0) + 1
  }
  expect(versions.size).toBe(Object.keys(counts).length)
  return counts
}

/** The process that trains now. */
async function runningTrainer(): Promise<number> {
  const [run] = await readdir(stack.home.runsFolder)
  const [attempt] = await listAttempts(join(stack.home.runsFolder, run!))
  if (attempt === undefined || attempt.exit !== null) throw new Error('nothing trains')
  return attempt.lock.pid
}

/** Every event of every run, payloads decoded. */
async function histories(): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const { workflowId, runId } of loop.client.workflow.list()) {
    const history = await loop.client.workflow.getHandle(workflowId, runId).fetchHistory()
    found.push(Buffer.from(JSON.stringify(history, decoded)))
  }
  return found
}

function decoded(this: Record<string, unknown>, key: string, value: unknown): unknown {
  // Buffers turn themselves into lists of numbers before they come here.
  const raw = this[key]
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('latin1') : value
}

async function objects(): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const key of loop.store.list('')) {
    found.push(Buffer.from(key), Buffer.from((await loop.store.get(key))!.body))
  }
  return found
}

async function files(root: string): Promise<Buffer[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))),
  )
}
