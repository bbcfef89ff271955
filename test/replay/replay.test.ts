import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { beforeAll, describe, expect, test } from 'vitest'

const folder = new URL('histories/', import.meta.url)
const names = readdirSync(folder).sort()
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

let code = ''

beforeAll(async () => {
  const silent = { trace() {}, debug() {}, info() {}, log() {}, warn() {}, error: console.error }
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))
  ;({ code } = await bundleWorkflowCode({ workflowsPath, logger: silent }))
}, 60_000)

const replay = (name: string, workflows = code): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { code: workflows } }, read(name))

describe('recorded histories', () => {
  test('every workflow has at least one', () => {
    const types = new Set(names.map((name) => name.split('.')[0]))
    expect(types).toEqual(new Set(['compare', 'cycle', 'draft-chunk', 'nightly', 'train']))
  })

  test.each(names)('%s replays on the workflows as they are today', async (name) => {
    await replay(name)
  })

  test.each(names)('%s carries the flags without which a change would go unnoticed', (name) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).toContain('coreUsedFlags')
  })
})

describe('controls: a changed workflow does not replay', () => {
  const changes: [what: string, history: RegExp, from: string, to: string][] = [
    ['another first activity of a cycle', /^cycle\.full\.1/, '.openCycle(', '.closeCycle('],
    ['another activity in drafting', /^draft-chunk/, '.draftImage(', '.readImageList('],
    ['no registration after a training', /^train/, '.registerModel(', '.predictShard('],
    ['no comparison after predicting', /^compare\.compared/, '.findDisagreements(', '.evaluateModel('],
  ]
  test.each(changes)('%s', async (_, history, from, to) => {
    const name = names.find((candidate) => history.test(candidate))
    expect(name).toBeDefined()
    expect(code).toContain(from)
    const failure = await replay(name ?? '', code.replaceAll(from, to)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DeterminismViolationError)
  })
})
