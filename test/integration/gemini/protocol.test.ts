import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createDrafter } from '../../../activities/adapters/gemini/drafter.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { readGeminiReply } from '../../../domain/formats/gemini/read-reply.ts'
import { matchBoxes } from '../../../domain/match.ts'
import { createClassTable } from '../../../domain/ontology.ts'
import { shrunk } from './pictures.ts'
import {
  canaryKey,
  classNames,
  rejectionOf,
  startSimulatorBench,
  type SimulatorBench,
} from './simulator-bench.ts'

let bench: SimulatorBench
beforeAll(async () => {
  bench = await startSimulatorBench()
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const table = createClassTable(classNames.map((name) => ({ name, aliases: [] })))
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${bench.url}${path}`, { ...init, headers: { 'x-goog-api-key': canaryKey } })

describe('what the adapter sends', () => {
  test('is one request with the image first, the schema, and the key in a header only', async () => {
    const seen: { url: string; headers: Record<string, unknown>; body: Record<string, unknown> }[] = []
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk) => (text += String(chunk)))
      request.on('end', () => {
        seen.push({ url: request.url ?? '', headers: request.headers, body: JSON.parse(text) })
        response.writeHead(503, { 'content-type': 'application/json' }).end('{"error": {"message": "busy"}}')
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = z.object({ port: z.int() }).parse(server.address())
    const baseUrl = `http://127.0.0.1:${port}`
    const drafter = createDrafter({
      endpoint: 'custom',
      baseUrl,
      apiKey: canaryKey,
      keySource: 'GEMINI_API_KEY',
    })
    await rejectionOf(drafter.draft(bench.request()))
    await new Promise((resolve) => server.close(resolve))

    expect(seen).toHaveLength(1)
    const [{ url, headers, body } = { url: '', headers: {}, body: {} }] = seen
    expect(url).toBe('/v1/models/gemini-3.8-flash:generateContent')
    expect(headers).toMatchObject({ 'x-goog-api-key': canaryKey, 'x-server-timeout': '120' })
    expect(JSON.stringify(body)).not.toContain(canaryKey)
    expect(body).toEqual({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/jpeg', data: Buffer.from(bench.bytes).toString('base64') } },
            { text: 'Detect every cell.' },
          ],
        },
      ],
      generationConfig: {
        maxOutputTokens: 8192,
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'ARRAY',
          items: {
            type: 'OBJECT',
            properties: {
              box_2d: {
                type: 'ARRAY',
                items: { type: 'INTEGER', minimum: 0, maximum: 1000 },
                minItems: '4',
                maxItems: '4',
              },
              label: { type: 'STRING', enum: classNames },
            },
            required: ['box_2d', 'label'],
            propertyOrdering: ['box_2d', 'label'],
          },
        },
        thinkingConfig: { thinkingLevel: 'LOW' },
      },
    })
  })
})

describe('the simulator', () => {
  test('answers the real SDK with boxes, a bill and the model that answered', async () => {
    const reply = await bench.drafter().draft(bench.request())
    expect(reply).toMatchObject({ kind: 'text', finish: 'stop', modelVersion: 'gemini-3.8-flash' })
    expect(reply.usage.prompt).toBeGreaterThanOrEqual(1120)
    expect(reply.usage.output).toBeGreaterThan(0)
    expect(reply.usage.thoughts).toBeGreaterThan(0)
    expect(await bench.calls()).toEqual({ received: 1, paid: 1, paidImages: 1, inFlight: 0 })
  })

  test('says the same for the same image, also through a smaller copy of it', async () => {
    const drafter = bench.drafter()
    const first = await drafter.draft(bench.request())
    const again = await drafter.draft(bench.request())
    const small = await drafter.draft(bench.request({ imageBytes: await shrunk(bench.bytes, 400) }))
    expect(again).toHaveProperty('text', first.kind === 'text' ? first.text : null)
    expect(small).toHaveProperty('text', first.kind === 'text' ? first.text : null)
    expect(await bench.calls()).toMatchObject({ paid: 3, paidImages: 1 })
  })

  test('names only the classes that it is asked for, in the words of the caller', async () => {
    const reply = await bench.drafter().draft(bench.request({}, { classes: ['rbc', 'cat'] }))
    const labels =
      reply.kind === 'text' ? JSON.parse(reply.text).map(({ label }: { label: string }) => label) : []
    expect(new Set(labels)).toEqual(new Set(['rbc']))
    const error = await rejectionOf(bench.drafter().draft(bench.request({}, { classes: ['cat'] })))
    expect(error).toMatchObject({
      code: 'TeacherBadRequest',
      message: expect.stringContaining('RBC, WBC, Platelets'),
    })
  })

  test('cuts its answer where the output limit is', async () => {
    const reply = await bench.drafter().draft(bench.request({}, { maxOutputTokens: 600 }))
    expect(reply).toMatchObject({ kind: 'text', finish: 'cut' })
  })

  test('lists and describes models, counts tokens and is checked for free', async () => {
    const list: unknown = await (await ask('/v1/models')).json()
    expect(list).toMatchObject({
      models: expect.arrayContaining([expect.objectContaining({ name: 'models/gemini-3.8-flash' })]),
    })
    const body = JSON.stringify({ contents: [{ parts: [{ text: 'eight letters' }] }] })
    const counted = await ask('/v1/models/gemini-3.8-flash:countTokens', { method: 'POST', body })
    expect(await counted.json()).toEqual({ totalTokens: 4 })
    expect(await bench.drafter().check('gemini-3.8-flash')).toBe('gemini-3.8-flash')
    expect(await bench.drafter().check('gemini-flash-latest')).toBe('gemini-3.8-flash')
    expect(await bench.calls()).toMatchObject({ received: 0, paid: 0 })
  })

  test('says that it is the simulator, without a key', async () => {
    expect(await (await fetch(`${bench.url}/health`)).json()).toEqual({ simulator: true })
  })

  const parts = [{ text: 'hello' }]
  const contents = [{ role: 'user', parts }]
  test.each<[string, string, unknown, number, string]>([
    ['a model nobody knows', '/v1/models/gpt:generateContent', { contents }, 404, 'NOT_FOUND'],
    ['an alias on v1', '/v1/models/gemini-flash-latest:generateContent', { contents }, 404, 'NOT_FOUND'],
    ['no contents', '/v1/models/gemini-3.8-flash:generateContent', {}, 400, 'INVALID_ARGUMENT'],
    [
      'a last turn of the model',
      '/v1/models/gemini-3.8-flash:generateContent',
      { contents: [...contents, { role: 'model', parts }] },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'a thinking budget on 3.6 and later, in snake case too',
      '/v1/models/gemini-3.6-flash:generateContent',
      { contents, generation_config: { thinking_config: { thinking_budget: 0 } } },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'minimal thinking on 3.8',
      '/v1beta/models/gemini-3.8-flash:generateContent',
      { contents, generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } } },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'log probabilities',
      '/v1/models/gemini-3.8-flash:generateContent',
      { contents, generationConfig: { responseLogprobs: true } },
      400,
      'INVALID_ARGUMENT',
    ],
  ])('refuses %s as the real server does', async (_, path, body, status, name) => {
    const response = await ask(path, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code: status, status: name } })
    expect(await bench.calls()).toMatchObject({ paid: 0 })
  })

  test('refuses a request without a key', async () => {
    const response = await fetch(`${bench.url}/v1/models/gemini-3.8-flash`)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } })
  })

  test('refuses a fault script that it does not understand', async () => {
    const body = JSON.stringify({ faults: [{ match: 'all', fault: { kind: 'sunspots' } }] })
    expect((await fetch(`${bench.url}/_control/faults`, { method: 'POST', body })).status).toBe(400)
  })

  test('plays a fault on the nth call, for an image, or so often, and then no more', async () => {
    const { image } = bench
    const drafter = bench.drafter()
    const codeOf = async (): Promise<unknown> =>
      drafter.draft(bench.request()).then(
        () => 'ok',
        (error: unknown) => (error instanceof AdapterError ? error.code : error),
      )
    await bench.play([
      { match: { call: 2 }, fault: { kind: 'status', code: 503 } },
      { match: { image: image.name }, times: 1, fault: { kind: 'rate-limit' } },
      { match: { image: image.sha256 }, times: 1, fault: { kind: 'status', code: 400 } },
    ])
    expect([await codeOf(), await codeOf(), await codeOf(), await codeOf()]).toEqual([
      'TeacherRateLimited',
      'TeacherUnavailable',
      'TeacherBadRequest',
      'ok',
    ])
    expect(await bench.calls()).toMatchObject({ received: 4, paid: 1 })
  })
})

describe('the error profile on the demo images', () => {
  const f1 = async (drafting: SimulatorBench, images: number) => {
    const drafter = drafting.drafter()
    const sums = { right: 0, drawn: 0, there: 0, platelets: 0, plateletsRight: 0 }
    for (const { file, size, objects } of drafting.truth.images.slice(0, images)) {
      const reply = await drafter.draft(drafting.request({ imageBytes: await readFile(file), size }))
      const reading = reply.kind === 'text' ? readGeminiReply(reply, table, size) : null
      if (reading === null || reading.status === 'unreadable') throw new Error(`no boxes for ${file}`)
      const pairs = matchBoxes(objects, reading.boxes).pairs.filter(({ pass }) => pass === 'same-class')
      sums.right += pairs.length
      sums.drawn += reading.boxes.length
      sums.there += objects.length
      sums.platelets += objects.filter((object) => object.class === 'Platelets').length
      sums.plateletsRight += pairs.filter(({ a }) => objects[a]?.class === 'Platelets').length
    }
    const { right, drawn, there, platelets, plateletsRight } = sums
    return {
      f1: (2 * right) / (drawn + there),
      recall: right / there,
      plateletRecall: plateletsRight / platelets,
    }
  }

  test('leaves a teacher worth correcting: F1 of 0.75 to 0.9, small platelets missed most', async () => {
    const { f1: score, recall, plateletRecall } = await f1(bench, 255)
    expect(score).toBeGreaterThan(0.75)
    expect(score).toBeLessThan(0.9)
    expect(plateletRecall).toBeLessThan(recall)
  })

  test('without errors the published labels come back', async () => {
    const perfect = await startSimulatorBench('none')
    expect((await f1(perfect, 20)).f1).toBe(1)
    await perfect.close()
  })
})
