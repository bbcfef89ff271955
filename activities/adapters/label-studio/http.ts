import { z } from 'zod'
import { toBoardError, toUnreachable, toUnreadable } from './board-error.ts'

export interface BoardConnection {
  readonly url: string
  readonly token: string
}

export interface BoardCall<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With its query; trailing slashes as Label Studio documents them. */
  readonly path: string
  readonly body?: unknown
  readonly schema: z.ZodType<T>
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

export interface BoardHttp {
  /** One HTTP call. Fails with a Board… AdapterError. No retries: Temporal retries. */
  call<T>(call: BoardCall<T>): Promise<T>
}

interface RawReply {
  readonly status: number
  readonly body: unknown
  readonly retryAfterSeconds: number | null
}

/** A personal access token is a JWT that must be traded for a short-lived one; a legacy token is 40 hex digits. */
const isPersonalToken = (token: string): boolean => token.split('.').length === 3
/** Access tokens live five minutes (measured). */
const accessLifetime = 240_000

const parseBody = (text: string): unknown => {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return { detail: 'not JSON' }
  }
}

export function createBoardHttp({ url, token }: BoardConnection): BoardHttp {
  const base = url.replace(/\/+$/, '')
  let access: { readonly value: string; readonly until: number } | null = null

  const send = async (call: BoardCall<unknown>, authorization: string | null): Promise<RawReply> => {
    const { method, path, body, timeoutSeconds = 30, signal } = call
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      })
      const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
      return {
        status: response.status,
        body: parseBody(await response.text()),
        retryAfterSeconds: Number.isFinite(wait) ? wait : null,
      }
    } catch (error) {
      signal?.throwIfAborted()
      throw toUnreachable(method, path, error)
    }
  }

  const authorization = async (): Promise<string> => {
    if (!isPersonalToken(token)) return `Token ${token}`
    if (access === null || Date.now() > access.until) {
      const call = { method: 'POST', path: '/api/token/refresh/', body: { refresh: token } } as const
      const schema = z.object({ access: z.string() })
      const { access: value } = accepted({ ...call, schema }, await send({ ...call, schema }, null))
      access = { value, until: Date.now() + accessLifetime }
    }
    return `Bearer ${access.value}`
  }

  return {
    async call(call) {
      return accepted(call, await send(call, await authorization()))
    },
  }
}

function accepted<T>({ method, path, schema }: BoardCall<T>, reply: RawReply): T {
  if (reply.status < 200 || reply.status >= 300) throw toBoardError({ method, path, ...reply })
  const parsed = schema.safeParse(reply.body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw toUnreadable(method, path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`)
}
