import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { execa } from 'execa'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { createReviewBoard } from '../../activities/adapters/label-studio/review-board.ts'
import { createObjectStore } from '../../activities/adapters/minio/object-store.ts'
import { readLines, requireRecord } from '../../activities/store/records.ts'
import type { DemoSummary } from '../../cli/demo/demo-summary.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { BatchLine, BoardRecord } from '../../domain/schemas/records/batch.ts'
import { settingsOfHome } from '../../infra/stack/connection-settings.ts'
import { stopStack } from '../../infra/stack/down.ts'
import { stackHome, type StackHome } from '../../infra/stack/home.ts'
import { openPortClaims } from '../../infra/stack/ports/port-claims.ts'
import { portNames, portVariable } from '../../infra/stack/ports/port-names.ts'
import { isRunning } from '../../infra/stack/process/process-identity.ts'
import { readSecrets } from '../../infra/stack/secrets.ts'
import { readStackState, type StackState } from '../../infra/stack/stack-state.ts'
import { findBrowser } from '../fixtures/find-browser.ts'
import { signIn } from '../fixtures/label-studio/sign-in.ts'
import { simulatorOf } from '../fixtures/stack/demo-loop.ts'
import { processesWith, showsProcesses } from '../fixtures/stack/processes.ts'
import { testEnvironment } from '../fixtures/stack/start-test-stack.ts'

const launcher = fileURLToPath(new URL('../../bin/understudy.js', import.meta.url))
const browserProgram = findBrowser()
const images = 24
const keys = storeKeys('blood-cells')

let folder: string
let home: StackHome
let settings: ConnectionSettings
let environment: NodeJS.ProcessEnv
let first: Told

interface Told {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly lines: readonly string[]
  /** Silences on standard error, before the first and after the last line included, and the line that each went before. */
  readonly silences: readonly { readonly seconds: number; readonly before: string }[]
}

/** The command in a process of its own, as somebody would type it. */
async function understudy(...words: string[]): Promise<Told> {
  const running = execa(process.execPath, [launcher, '-C', folder, ...words], {
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  const lines: string[] = []
  const silences: { seconds: number; before: string }[] = []
  let last = performance.now()
  const heard = (line: string): void => {
    silences.push({ seconds: (performance.now() - last) / 1000, before: line })
    last = performance.now()
  }
  for await (const line of running.iterable({ from: 'stderr' })) {
    heard(line)
    lines.push(line)
  }
  const { exitCode, stdout } = await running
  heard('the end')
  return { exitCode, stdout, lines, silences }
}

async function freePorts(): Promise<Record<string, string>> {
  using claims = openPortClaims()
  const ports = await Promise.all(
    portNames.map(async (name) => [portVariable(name), String(await claims.claimAny())]),
  )
  return Object.fromEntries(ports) as Record<string, string>
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-demo-'))
  home = stackHome(join(folder, 'understudy-demo-small', '.understudy'))
  environment = { ...testEnvironment(), ...(await freePorts()) }
  first = await understudy('demo', '--small', '--json')
  if (first.exitCode !== 0) throw new Error(`the demo failed:\n${first.lines.slice(-20).join('\n')}`)
  settings = settingsOfHome(home, environment)
}, 400_000)
afterAll(async () => {
  await stopStack(home)
  await rm(folder, { recursive: true, force: true })
}, 60_000)

describe('the small demo', () => {
  test('prints one JSON value with the figures of both cycles and names what is simulated', () => {
    const summary = JSON.parse(first.stdout) as DemoSummary
    expect(summary.simulatedTeacher).toBe(true)
    expect(summary.cycles.map(({ mode, verdict }) => [mode, verdict !== null])).toEqual([
      ['full', true],
      ['nightly', true],
    ])
    expect(summary.last?.model).not.toBe(summary.first?.model)
    expect(summary.last?.teacher).toMatchObject({ simulated: true })
    expect(summary.last?.teacher?.f1.value).toBeGreaterThan(0.3)
    expect(summary.spend).toMatchObject({ usd: 0, calls: images })
    expect(summary.spend.simulatedUsd).toBeGreaterThan(0)
    expect(Object.fromEntries(summary.counts)).toMatchObject({ images, 'reviewed images': images })
  })

  test('says something on standard error at least every ten seconds', () => {
    expect(first.lines.length).toBeGreaterThan(20)
    expect(first.silences.filter(({ seconds }) => seconds > 10)).toEqual([])
  })

  test('leaves every workflow completed in Temporal', async () => {
    const connection = await Connection.connect({ address: settings.temporal.address })
    const client = new Client({ connection, namespace: settings.temporal.namespace })
    const byType = new Map<string, Set<string>>()
    for await (const { type, status } of client.workflow.list()) {
      if (type.startsWith('temporal-sys')) continue
      byType.set(type, (byType.get(type) ?? new Set()).add(status.name))
    }
    await connection.close()
    const completed = new Set(['COMPLETED'])
    expect(Object.fromEntries(byType)).toEqual({
      cycle: new Set(['COMPLETED', 'CONTINUED_AS_NEW']),
      draftChunk: completed,
      train: completed,
      compare: completed,
      nightly: completed,
    })
  })

  test('leaves every kind of object in the bucket', async () => {
    const store = createObjectStore(settings.store)
    const found: string[] = []
    for await (const key of store.list('blood-cells/')) found.push(key.slice('blood-cells/'.length))
    const hash = '[0-9a-f]{64}'
    const count = (pattern: string): number =>
      found.filter((key) => new RegExp(`^${pattern}$`).test(key)).length
    for (const [pattern, expected] of [
      [`images/${hash}\\.jpg`, images],
      [`images/${hash}\\.json`, images],
      [`drafts/${hash}/${hash}\\.json`, images],
      [`drafts/${hash}/${hash}\\.reply\\.json`, images],
      [`drafts/${hash}/_prompt\\.json`, 1],
      [`ledger/\\d{4}-\\d{2}-\\d{2}/[^/]+\\.json`, images],
      [`batches/\\d{4}\\.jsonl`, 2],
      [`reviews/${hash}/\\d+-[^/]+\\.json`, images],
      [`datasets/${hash}/dataset\\.json`, 2],
      [`models/${hash}/model\\.onnx`, 2],
      [`models/${hash}/model\\.json`, 2],
      [`models/${hash}/training\\.csv`, 2],
      [`cycles/\\d{4}/cycle\\.json`, 2],
      [`cycles/\\d{4}/evaluation\\.json`, 2],
      [`cycles/\\d{4}/gate\\.json`, 2],
      [`cycles/\\d{4}/report\\.html`, 2],
      [`cycles/\\d{4}/outcome\\.json`, 2],
    ] as const) {
      expect([pattern, count(pattern)]).toEqual([pattern, expected])
    }
    for (const pattern of [
      `config/${hash}\\.json`,
      'board\\.json',
      'champion\\.json',
      `datasets/${hash}/(train|val|test)-\\d{4}\\.jsonl`,
      `predictions/${hash}/${hash}-[0-9a-f]+/\\d{4}\\.jsonl`,
      'cycles/0001/comparison\\.json',
      'cycles/0001/disagreements\\.jsonl',
    ]) {
      expect([pattern, count(pattern) > 0]).toEqual([pattern, true])
    }
  })

  test('writes a report that is one file and points to no other machine', async () => {
    const page = await readFile(join(folder, 'understudy-demo-small', 'report.html'), 'utf8')
    expect(page).toMatch(/simulated teacher/i)
    for (const html of [page, await reportOf(1)]) {
      const pointers = [
        ...html.matchAll(/(?:src|href|action|poster)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)/gi),
      ]
      for (const [, attribute, style] of pointers)
        expect(attribute ?? style).toMatch(/^["']?(data:|#|http:\/\/127\.0\.0\.1:)/)
    }
  })

  test('asks for no draft again when it is run again in the same folder, and prints its table', async () => {
    const teacher = simulatorOf(settings)
    const before = await teacher.calls()
    expect(before.paid).toBe(images)
    const again = await understudy('demo', '--small')
    expect(again.exitCode).toBe(0)
    expect(await teacher.calls()).toEqual(before)
    for (const words of [
      'teacher (simulated)',
      'student, after the night',
      'F1 at IoU 0.5',
      'mAP50-95',
      'Platelets',
      'edits an image',
      'The teacher was simulated',
      'The reviewer was a stand-in',
      settings.temporal.uiUrl!,
      settings.board.url,
      'report.html',
    ]) {
      expect(again.stdout).toContain(words)
    }
  })

  describe.skipIf(browserProgram === null)('in a browser', () => {
    let browser: Browser
    let page: Page
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: browserProgram!, args: ['--no-sandbox'] })
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    })
    afterAll(() => browser?.close())

    test('the report opens without an error and without asking anybody for anything', async () => {
      const [errors, requests]: [string[], string[]] = [[], []]
      const open = await browser.newPage()
      open.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())))
      open.on('pageerror', (error) => errors.push(error.message))
      open.on(
        'request',
        (request) => void (!request.url().startsWith('data:') && requests.push(request.url())),
      )
      await open.setContent(await reportOf(1), { waitUntil: 'load' })
      await open
        .getByText(/simulated teacher/i)
        .first()
        .waitFor()
      const pictures = await open.evaluate<boolean[]>(`Promise.all(
        [...document.querySelectorAll('img, image')].map(async (each) => {
          const picture = Object.assign(new Image(), { src: each.getAttribute('href') ?? each.src })
          await picture.decode()
          return picture.naturalWidth > 0
        }),
      )`)
      expect(pictures.length).toBeGreaterThan(0)
      expect(pictures).not.toContain(false)
      expect([errors, requests]).toEqual([[], []])
      await open.close()
    })

    test('Label Studio shows a routed image with its boxes and the reason', async () => {
      const store = createObjectStore(settings.store)
      const routed = await readLines(store, keys.batch(2), BatchLine)
      const line = routed.find(({ kind }) => kind === 'ranked')
      const { board: ref } = await requireRecord(store, keys.board, BoardRecord)
      const board = createReviewBoard({ ...settings.board, store: settings.store })
      const task = (await board.tasks(ref)).find(({ uid }) => uid === line!.uid)
      await signIn(page, settings.board.url, readSecrets(home)!.board)
      await page.goto(`${board.url(ref)}&task=${task!.taskId}`)
      await page.getByText(line!.reason).last().waitFor()
      await page.locator('canvas').first().waitFor()
      // The answer is open; beside it lies the draft that the reviewer began with.
      await page.getByText('understudy', { exact: true }).first().click()
      await expect
        .poll(() => page.evaluate<number>('Htx.annotationStore.selected.regionStore.regions.length'))
        .toBe(line!.draft.length)
      expect(line!.draft.length).toBeGreaterThan(0)
      expect(await page.evaluate<string>('Htx.annotationStore.selected.type')).toBe('prediction')
    })

    test('the Temporal UI shows the cycle as completed', async () => {
      const { uiUrl, namespace } = settings.temporal
      await page.goto(
        `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(cycleId('blood-cells'))}`,
      )
      await page.getByRole('heading', { name: cycleId('blood-cells') }).waitFor()
      await page.getByText('Completed', { exact: true }).first().waitFor()
      await page.getByText('Write the report').first().waitFor()
    })
  })

  test('drafts under other words once, however often that is asked for, and compares them', async () => {
    const teacher = simulatorOf(settings)
    const project = join(folder, 'understudy-demo-small')
    const inProject = (...words: string[]) => understudy('-C', project, ...words, '--json')
    const trial = ['prompts', 'compare', 'current', '--instruction', 'Look twice.', '--limit', '5', '--yes']
    const before = (await teacher.calls()).paid
    const compared = await inProject(...trial)
    expect(compared.exitCode, compared.lines.join('\n')).toBe(0)
    expect(JSON.parse(compared.stdout)).toMatchObject({ images: 5, standIn: true, a: { simulated: true } })
    expect((await teacher.calls()).paid).toBe(before + 5)
    expect(JSON.parse((await inProject(...trial)).stdout)).toMatchObject({ images: 5 })
    expect((await teacher.calls()).paid).toBe(before + 5)

    const config = join(project, 'understudy.yaml')
    const text = await readFile(config, 'utf8')
    const changed = parseDocument(text)
    changed.setIn(['teacher', 'instruction'], 'Look twice.')
    await writeFile(config, String(changed))
    const saving = ['draft', '--all', '--save', join(folder, 'drafts'), '--yes']
    expect(JSON.parse((await inProject(...saving)).stdout)).toMatchObject({ counts: { failed: 0 } })
    expect((await teacher.calls()).paid).toBe(before + images)
    expect(JSON.parse((await inProject(...saving)).stdout)).toMatchObject({
      counts: null,
      saved: { images },
    })
    expect((await teacher.calls()).paid).toBe(before + images)
    expect(await readdir(join(folder, 'drafts'))).toHaveLength(2 * images)
    await writeFile(config, text)
  }, 120_000)

  test('is ended by `down`, which leaves no process', async () => {
    const own = (): number[] =>
      showsProcesses
        ? [...processesWith(home.folder, 'environ'), ...processesWith(home.folder, 'cmdline')]
        : []
    const before = readStackState(home)!
    expect(alive(before)).toHaveLength(6)
    const { exitCode } = await understudy('down', '-C', join(folder, 'understudy-demo-small'))
    expect(exitCode).toBe(0)
    expect(alive(before)).toEqual([])
    expect(own()).toEqual([])
  })
})

const alive = ({ supervisor, services }: StackState): number[] =>
  [supervisor, ...services.map(({ process }) => process)].flatMap((identity) =>
    identity !== null && isRunning(identity) ? [identity.pid] : [],
  )

async function reportOf(cycle: number): Promise<string> {
  const object = await createObjectStore(settings.store).get(keys.cycleFile(cycle, 'report.html'))
  return Buffer.from(object!.body).toString()
}
