import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { textTokens, tokensPerImage } from './answer.ts'
import { createBatchDesk, type BatchDesk } from './batch-desk.ts'
import { answerBatches, answerNewBatch, batchAsked } from './batch-routes.ts'
import { createCallCounter } from './calls.ts'
import { answerFiles, filesAsked } from './file-routes.ts'
import { createFileShelf } from './file-shelf.ts'
import { createFaultPlayer } from './fault-player.ts'
import { FaultScript } from './fault-script.ts'
import { generateContent, type CallOptions, type TeacherOptions } from './generate-content.ts'
import { readJson, sendError, sendJson } from './http.ts'
import { describeModel, modelNames, resolveModel } from './models.ts'
import { readRequestBody } from './request-body.ts'
import { invalidArgument, missingKey, notFound, serverError, VendorRefusal } from './vendor-error.ts'

export interface GeminiSimulator {
  /** `http://127.0.0.1:<port>`: what the SDK is given as base URL. */
  readonly url: string
  close(): Promise<void>
}

/** Starts the simulator on the loopback interface; port 0 takes a free one. Resolves when it listens. */
export async function startGeminiSimulator(
  options: TeacherOptions & { readonly port: number },
): Promise<GeminiSimulator> {
  const faults = createFaultPlayer()
  let origin = ''
  const files = createFileShelf(faults, () => origin)
  const call: CallOptions = { ...options, faults, files, calls: createCallCounter() }
  const batches = createBatchDesk(call)
  const server = createServer((request, response) => {
    void answer(request, response, call, batches)
  })
  await listen(server, options.port)
  const address = z.object({ port: z.int() }).parse(server.address())
  origin = `http://127.0.0.1:${address.port}`
  return {
    url: origin,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  call: CallOptions,
  batches: BatchDesk,
): Promise<void> {
  try {
    await route(request, response, call, batches)
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy()
    else sendError(response, error instanceof VendorRefusal ? error.vendor : serverError(500))
  }
}

const geminiModels = /^(GET|POST) \/(v1|v1beta)\/models(?:\/([^/:]+)(?::(\w+))?)?$/
/** The same on Vertex AI, in express mode and in a project: models and nothing else. */
const vertexModels =
  /^(GET|POST) \/(v1|v1beta1)\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/models\/([^/:]+)(?::(\w+))?$/

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  call: CallOptions,
  batches: BatchDesk,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const asked = `${request.method ?? 'GET'} ${pathname}`
  if (asked === 'GET /health') return sendJson(response, { simulator: true })
  if (pathname.startsWith('/_control/')) return control(asked, request, response, call)

  const key = request.headers['x-goog-api-key'] ?? searchParams.get('key')
  if (typeof key !== 'string' || key === '') throw new VendorRefusal(missingKey())
  const job = batchAsked(asked)
  if (job !== null) return answerBatches(response, batches, job)
  const file = filesAsked(asked)
  if (file !== null) {
    return answerFiles(request, response, { shelf: call.files, match: file, query: searchParams })
  }
  const match = geminiModels.exec(asked) ?? vertexModels.exec(asked)
  if (match === null) throw new VendorRefusal(notFound(`The simulator does not know ${asked}.`))
  const [, method, version = '', name, verb] = match
  if (method === 'GET' && name === undefined) {
    return sendJson(response, { models: modelNames.map(describeModel) })
  }
  const model = resolveModel(decodeURIComponent(name ?? ''), version)
  if (method === 'GET' && verb === undefined) return sendJson(response, describeModel(model))
  if (method === 'POST' && verb === 'countTokens') {
    const { image, text, mediaResolution } = readRequestBody(await readJson(request), {
      files: call.files,
      version,
    })
    const imageTokens = image === null ? 0 : tokensPerImage(mediaResolution)
    return sendJson(response, { totalTokens: imageTokens + textTokens(text) })
  }
  if (method === 'POST' && verb === 'generateContent') {
    return generateContent(request, response, { model, version, key, options: call })
  }
  if (method === 'POST' && verb === 'batchGenerateContent') {
    return answerNewBatch(response, batches, { body: await readJson(request), model, version })
  }
  throw new VendorRefusal(notFound(`The simulator does not know ${asked}.`))
}

async function control(
  asked: string,
  request: IncomingMessage,
  response: ServerResponse,
  { faults, calls, files }: CallOptions,
): Promise<void> {
  if (asked === 'GET /_control/calls') return sendJson(response, calls.counts())
  if (asked === 'GET /_control/times') return sendJson(response, { times: calls.times() })
  if (asked === 'GET /_control/files') return sendJson(response, files.counts())
  if (asked === 'POST /_control/faults') {
    const script = FaultScript.safeParse(await readJson(request))
    if (!script.success) throw new VendorRefusal(invalidArgument(z.prettifyError(script.error)))
    faults.load(script.data)
    return sendJson(response, {})
  }
  if (asked === 'POST /_control/reset') {
    faults.load({ faults: [] })
    calls.reset()
    files.reset()
    return sendJson(response, {})
  }
  throw new VendorRefusal(notFound(`The simulator does not know ${asked}.`))
}
