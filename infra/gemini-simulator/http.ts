import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidArgument, VendorRefusal, type VendorError } from './vendor-error.ts'

/** What the real server takes inline, since January 2026. */
const maxBodyBytes = 100 * 1024 * 1024

const jsonType = { 'content-type': 'application/json; charset=UTF-8' }

/** The whole body. Throws a VendorRefusal when it is larger than the real server takes. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > maxBodyBytes) {
      throw new VendorRefusal({ ...invalidArgument('Request payload size exceeds the limit.'), code: 413 })
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new VendorRefusal(invalidArgument('Invalid JSON payload received.'))
  }
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, jsonType).end(JSON.stringify(value))
}

/** Bodies as they come besides a plain object: in a list, or, under a wrong content type, quoted in another body's message. */
export type ErrorShape = 'list' | 'quoted'

export function sendError(
  response: ServerResponse,
  error: VendorError,
  headers: Readonly<Record<string, string>> = {},
  shape?: ErrorShape,
): void {
  const { code, status } = error
  const quoted = { error: { code, status, message: JSON.stringify({ error }) } }
  const body = shape === 'quoted' ? quoted : shape === 'list' ? [{ error }] : { error }
  response.writeHead(code, { ...jsonType, ...headers }).end(JSON.stringify(body))
}

/** Half of a body now; the caller sends the rest. */
export function sendHalf(response: ServerResponse, text: string): { readonly rest: string } {
  const middle = Math.floor(text.length / 2)
  response.writeHead(200, jsonType)
  response.write(text.slice(0, middle))
  return { rest: text.slice(middle) }
}
