import type { ServerResponse } from 'node:http'
import type { BatchDesk } from './batch-desk.ts'
import { sendJson } from './http.ts'
import { notFound, VendorRefusal } from './vendor-error.ts'

/** What a request asks of a job, or of the list of them; null when it is about something else. */
export const batchAsked = (asked: string): RegExpExecArray | null =>
  /^(GET|POST|DELETE) \/v1(?:beta)?\/(batches(?:\/[^/:]+)?)(:cancel)?$/.exec(asked)

/** Answers what {@link batchAsked} found. Throws a VendorRefusal for a job that is not there. */
export async function answerBatches(
  response: ServerResponse,
  batches: BatchDesk,
  [asked, method, name = '', cancel]: RegExpExecArray,
): Promise<void> {
  if (method === 'GET') {
    return sendJson(response, name === 'batches' ? batches.list() : await batches.get(name))
  }
  if (method === 'POST' && cancel !== undefined) batches.cancel(name)
  else if (method === 'DELETE') batches.remove(name)
  else throw new VendorRefusal(notFound(`The simulator does not know ${asked}.`))
  sendJson(response, {})
}

/** Takes a job; with the fault of a lost answer the caller never hears of it. */
export function answerNewBatch(
  response: ServerResponse,
  batches: BatchDesk,
  { body, ...ref }: { readonly body: unknown; readonly model: string; readonly version: string },
): void {
  const { operation, fault } = batches.create(body, ref)
  if (fault?.kind === 'batch-answer-lost') response.socket?.destroy()
  else sendJson(response, operation)
}
