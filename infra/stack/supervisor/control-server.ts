import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { WorkerWishes } from '../stack-plan.ts'

export interface ControlHandlers {
  /** The secret of this home; a request without it is refused. */
  readonly token: string
  readonly port: number
  readonly apply: (wishes: WorkerWishes) => Promise<string[]>
}

/** Loopback door of the supervisor: `POST /wishes` hands over changed wishes (with the key, in memory only). */
export async function startControlServer({ token, port, apply }: ControlHandlers): Promise<Server> {
  const answer = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    if (!isAuthorised(request, token)) return [401, { error: 'the token of this home is missing or wrong' }]
    if (request.method !== 'POST' || request.url !== '/wishes') return [404, { error: 'not found' }]
    const wishes = WorkerWishes.safeParse(await json(request))
    if (!wishes.success) return [400, { error: 'malformed wishes' }]
    return [200, { pid: process.pid, changes: await apply(wishes.data) }]
  }
  const server = createServer((request, response) => {
    void answer(request)
      .catch((): [number, unknown] => [500, { error: 'the wishes could not be applied' }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
  return server
}

function isAuthorised(request: IncomingMessage, token: string): boolean {
  const expected = Buffer.from(`Bearer ${token}`)
  const came = Buffer.from(request.headers.authorization ?? '')
  return came.length === expected.length && timingSafeEqual(came, expected)
}
