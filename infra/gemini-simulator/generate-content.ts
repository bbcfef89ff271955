import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { CallCounter } from './calls.ts'
import type { FileShelf } from './file-shelf.ts'
import type { FaultPlayer } from './fault-player.ts'
import { isCallFault, stagedFault, type DeliveryFault } from './fault-script.ts'
import { readJson, sendHalf, sendJson } from './http.ts'
import { checkThinking } from './models.ts'
import type { ProfileName } from './profiles.ts'
import { replyBody } from './reply.ts'
import { questionReply, type SeenPicture } from './questions.ts'
import { readRequestBody, type AskedFor } from './request-body.ts'
import { answerFor } from './teacher.ts'
import { playTransportFault } from './transport-faults.ts'
import type { Truth } from './truth.ts'
import { invalidArgument, unknownImage, VendorRefusal } from './vendor-error.ts'

export interface TeacherOptions {
  readonly truth: Truth
  readonly profile: ProfileName
  readonly seed: string
  /** Time that every answer takes, milliseconds. */
  readonly latencyMs: number
}

export interface CallOptions extends TeacherOptions {
  readonly faults: FaultPlayer
  readonly calls: CallCounter
  readonly files: FileShelf
}

/** Answers one `generateContent`. Throws a VendorRefusal for what the real server refuses. */
export async function generateContent(
  request: IncomingMessage,
  response: ServerResponse,
  {
    model,
    version,
    key,
    options,
  }: {
    readonly model: string
    readonly version: string
    readonly key: string
    readonly options: CallOptions
  },
): Promise<void> {
  const { truth, faults, calls } = options
  const number = calls.begin()
  response.once('close', () => calls.end())
  const asked = readRequestBody(await readJson(request), { files: options.files, version })
  const image = asked.image === null ? null : await recognise(truth, asked.image)
  const fault = stagedFault(faults.next({ number, image }, isCallFault))
  if (fault.transport !== null) return playTransportFault(fault.transport, response, { model, key })

  checkThinking(model, asked)
  if (asked.image === null) {
    throw new VendorRefusal(invalidArgument('The simulated teacher only answers requests with an image.'))
  }
  if (image === null) throw new VendorRefusal(unknownImage())
  const isPlain = asked.form === 'boxes' && asked.images.length === 1
  const body = isPlain
    ? replyBody(await answerFor(image, asked, { ...options, model }), fault)
    : questionReply(await seePictures(asked, { ...options, model }), asked)
  await wait(options.latencyMs)
  if (response.destroyed) return
  calls.pay(image.sha256)
  if (fault.delivery === null) sendJson(response, body)
  else await deliverBadly(response, body, fault.delivery)
}

/** Every picture of a question; refused when one of them has no published labels. */
async function seePictures(
  asked: AskedFor,
  options: TeacherOptions & { readonly model: string },
): Promise<SeenPicture[]> {
  const seen: SeenPicture[] = []
  for (const encoded of asked.images) {
    const image = await recognise(options.truth, encoded)
    if (image === null) throw new VendorRefusal(unknownImage())
    seen.push({ image, context: await answerFor(image, asked, options) })
  }
  return seen
}

/** The image of the truth that these bytes show; null for an unknown one. Throws a VendorRefusal for what is no picture. */
export async function recognise(truth: Truth, encoded: Uint8Array) {
  try {
    return await truth.recognise(encoded)
  } catch {
    throw new VendorRefusal(invalidArgument('Unable to process input image.'))
  }
}

async function deliverBadly(response: ServerResponse, body: unknown, fault: DeliveryFault): Promise<void> {
  switch (fault.kind) {
    case 'latency':
      await wait(fault.ms)
      return sendJson(response, body)
    case 'broken-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"candidates": [{"content"')
      return
    case 'slow-body': {
      const { rest } = sendHalf(response, JSON.stringify(body))
      await wait(fault.ms)
      response.end(rest)
      return
    }
    case 'reset-in-body':
      sendHalf(response, JSON.stringify(body))
      await wait(20)
      response.socket?.destroy()
  }
}
