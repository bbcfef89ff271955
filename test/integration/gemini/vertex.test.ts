import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createBatchDrafter } from '../../../activities/adapters/gemini/batch-drafter.ts'
import { createDrafter } from '../../../activities/adapters/gemini/drafter.ts'
import { openTeacherFiles } from '../../../activities/adapters/gemini/files.ts'
import { promptRecordOf } from '../../../activities/teacher-prompt.ts'
import { teacherOfVariables, type TeacherSettings } from '../../../domain/schemas/teacher-settings.ts'
import { addImage, draftingBench, everythingIn } from '../../fixtures/drafting/drafting-bench.ts'
import { canaryKey, rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
/** Passes requests on to the simulator and keeps where they went. */
let door: Server
let address: string
const asked: string[] = []
beforeAll(async () => {
  bench = await startSimulatorBench('none')
  door = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(307, { location: `${bench.url}${request.url}` }).end()
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${z.object({ port: z.int() }).parse(door.address()).port}`
})
afterAll(async () => {
  await bench.close()
  door.closeAllConnections()
  door.close()
})
beforeEach(async () => {
  asked.length = 0
  await bench.reset()
})

const express = (): TeacherSettings =>
  teacherOfVariables({
    GOOGLE_GENAI_USE_VERTEXAI: 'true',
    GOOGLE_API_KEY: canaryKey,
    GOOGLE_VERTEX_BASE_URL: address,
  })!

describe('Vertex AI through the real SDK, in express mode', () => {
  test('answers as the Gemini API does, on paths of its own', async () => {
    const drafter = createDrafter(express(), { timeoutMs: 10_000 })
    const reply = await drafter.draft(bench.request())
    const byKey = await bench.drafter().draft(bench.request())
    if (reply.kind !== 'text' || byKey.kind !== 'text') throw new Error('expected texts')
    expect(reply.text).toBe(byKey.text)
    expect(asked).toEqual(['POST /v1beta1/publishers/google/models/gemini-3.8-flash:generateContent'])
    expect(await drafter.check('gemini-3.8-flash')).toContain('gemini-3.8-flash')
  })

  test('is asked by the version that the config names, and for a resolution of one picture', async () => {
    const drafter = createDrafter(express(), { timeoutMs: 10_000 })
    await drafter.draft(bench.request({}, { apiVersion: 'v1' }))
    await drafter.draft(bench.request({}, { mediaResolution: 'ultra-high' }))
    expect(asked.map((path) => path.split('/')[1])).toEqual(['v1', 'v1beta1'])
  })

  test('maps its refusals, and never says the key', async () => {
    await bench.play([{ match: 'all', fault: { kind: 'suspended-key' } }])
    const error = await rejectionOf(createDrafter(express()).draft(bench.request()))
    expect(error).toMatchObject({ code: 'TeacherAuth', hint: expect.stringContaining('GOOGLE_API_KEY') })
    expect(JSON.stringify(error) + String(error)).not.toContain(canaryKey)
  })

  test('has no uploads, and refuses batch jobs in words', async () => {
    expect(openTeacherFiles(express())).toBeNull()
    const refused = await rejectionOf(createBatchDrafter(express()).submit('gemini-3.8-flash', 'job', []))
    expect(refused).toMatchObject({ code: 'TeacherBadRequest', retryable: false })
    expect(String(refused)).toContain('not to Vertex AI')
    const made = await draftingBench(createDrafter(express()), { teacher: { mode: 'batch' } })
    expect(await rejectionOf(made.plan())).toMatchObject({
      code: 'BadConfig',
      message: expect.stringContaining('Vertex AI takes no batch jobs'),
    })
  })

  test('leaves drafts of its own mark under the prompt version of the same model at Google', async () => {
    const drafter = createDrafter(express(), { timeoutMs: 10_000 })
    const made = await draftingBench(drafter)
    const image = await addImage(made.store, bench.bytes)
    await made.plan()
    expect(await made.draft(image)).toMatchObject({ status: 'ok' })
    const stored = await everythingIn(made.store)
    expect(stored).toContain('"endpoint":"custom"')
    expect(stored).not.toContain(canaryKey)
    const versionAt = (endpoint: 'google' | 'vertex' | 'custom') =>
      promptRecordOf(made.config, { vendor: 'gemini', endpoint }).promptVersion
    expect(versionAt('vertex')).toBe(versionAt('google'))
    expect(versionAt('custom')).not.toBe(versionAt('google'))
  })
})

test('credentials of Google Cloud that cannot be had are an error of access, before anything is sent', async () => {
  const settings = teacherOfVariables({
    GOOGLE_GENAI_USE_VERTEXAI: 'true',
    GOOGLE_CLOUD_PROJECT: 'some-project',
    GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/credentials.json',
    GOOGLE_VERTEX_BASE_URL: address,
  })!
  const error = await rejectionOf(createDrafter(settings, { timeoutMs: 5_000 }).draft(bench.request()))
  expect(error).toMatchObject({
    code: 'TeacherAuth',
    retryable: false,
    message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
  })
  expect(asked).toEqual([])
})
