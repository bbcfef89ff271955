import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { FileShelf } from './file-shelf.ts'
import { readBytes, readJson, sendJson } from './http.ts'
import { invalidArgument, notFound, VendorRefusal } from './vendor-error.ts'

/** What a request asks of a file, of the list of them, or of an upload; null when it is about something else. */
export const filesAsked = (asked: string): RegExpExecArray | null =>
  /^(GET|POST|DELETE) (\/upload)?\/v1(?:beta)?\/(files(?:\/[^/:]+)?)$/.exec(asked)

const StartBody = z.looseObject({
  file: z.looseObject({
    mimeType: z.string(),
    sizeBytes: z.coerce.number().int().positive(),
    name: z.string().optional(),
    displayName: z.string().optional(),
  }),
})

/** Answers what {@link filesAsked} found. Throws a VendorRefusal for a file that is not there. */
export async function answerFiles(
  request: IncomingMessage,
  response: ServerResponse,
  {
    shelf,
    match: [asked, method, upload, name = ''],
    query,
  }: { shelf: FileShelf; match: RegExpExecArray; query: URLSearchParams },
): Promise<void> {
  if (upload !== undefined && method === 'POST') {
    return answerUpload(request, response, shelf, query.get('upload_id'))
  }
  if (method === 'GET' && name === 'files') {
    return sendJson(response, shelf.list(Number(query.get('pageSize') ?? 10), query.get('pageToken')))
  }
  if (method === 'GET') return sendJson(response, shelf.get(name))
  if (method !== 'DELETE') throw new VendorRefusal(notFound(`The simulator does not know ${asked}.`))
  shelf.remove(name)
  sendJson(response, {})
}

/** The resumable protocol: a start that is answered with an address, then the bytes in parts, the last of which finalizes. */
async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  shelf: FileShelf,
  id: string | null,
): Promise<void> {
  const commands = String(request.headers['x-goog-upload-command'] ?? '').split(/,\s*/)
  if (commands.includes('start')) {
    if (request.headers['x-goog-upload-protocol'] !== 'resumable') {
      throw new VendorRefusal(invalidArgument('Only the resumable protocol is known here.'))
    }
    const body = StartBody.safeParse(await readJson(request))
    if (!body.success) throw new VendorRefusal(invalidArgument(z.prettifyError(body.error)))
    const { name = null, displayName, mimeType, sizeBytes } = body.data.file
    const started = shelf.start({ name, displayName, mimeType, sizeBytes })
    // Any host: the real one answers with its own, and the SDK puts in that of its base URL.
    const address = `https://generativelanguage.googleapis.com/upload/v1/files?upload_id=${started}`
    response.writeHead(200, { 'x-goog-upload-url': address, 'x-goog-upload-status': 'active' }).end()
    return
  }
  const isLast = commands.includes('finalize')
  const offset = Number(request.headers['x-goog-upload-offset'])
  const taken = shelf.receive(id ?? '', { bytes: await readBytes(request), offset, isLast })
  if (taken?.lost === true) {
    response.socket?.destroy()
    return
  }
  response.setHeader('x-goog-upload-status', taken === null ? 'active' : 'final')
  sendJson(response, taken === null ? {} : { file: taken.file })
}
