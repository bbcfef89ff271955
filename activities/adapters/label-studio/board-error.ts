import { z } from 'zod'
import { AdapterError } from '../../errors/adapter-error.ts'

const ErrorBody = z.object({
  detail: z.string().optional(),
  validation_errors: z.record(z.string(), z.unknown()).nullish(),
})

/** What Label Studio says went wrong, short enough for an error message; it never quotes our request. */
export function detailOf(body: unknown): string {
  const parsed = ErrorBody.safeParse(body)
  if (!parsed.success) return 'no explanation'
  const { detail = 'no explanation', validation_errors: fields } = parsed.data
  const listed = fields ? Object.values(fields).flat().map(String).join('; ') : ''
  return (listed === '' ? detail : `${detail}: ${listed}`).slice(0, 1000)
}

export interface BoardReply {
  readonly method: string
  /** Path with query: holds ids and filters, never a secret. */
  readonly path: string
  readonly status: number
  readonly body: unknown
  readonly retryAfterSeconds: number | null
}

const aboutProject = /^\/api\/projects\/\d+|[?&]project=\d+/

/** Maps a reply that is no success, once, to our error. */
export function toBoardError({ method, path, status, body, retryAfterSeconds }: BoardReply): AdapterError {
  const call = `Label Studio answered ${method} ${path.split('?')[0]} with ${status}: ${detailOf(body)}.`
  if (status === 401) {
    return new AdapterError('BoardAuth', call, {
      retryable: false,
      hint: 'Check the token, and that legacy tokens are allowed when it is one.',
    })
  }
  if (status === 404 && aboutProject.test(path)) {
    return new AdapterError('BoardProjectGone', call, {
      retryable: false,
      hint: "Restore the Label Studio project, or remove the project's board.json from the store to start on a new board; reviews already collected are kept.",
    })
  }
  if (status === 409) return new AdapterError('WriteConflict', call, { retryable: false })
  if (status === 404) return new AdapterError('NotFound', call, { retryable: false })
  if (status >= 500 || status === 429 || status === 408) {
    return new AdapterError('BoardUnavailable', call, {
      retryable: true,
      ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    })
  }
  return new AdapterError('BoardRejected', call, { retryable: false })
}

/** A connection that failed or a reply that did not come in time. */
export function toUnreachable(method: string, path: string, cause: unknown): AdapterError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'unknown reason'
  return new AdapterError(
    'BoardUnavailable',
    `Label Studio did not answer ${method} ${path.split('?')[0]} (${why}).`,
    { retryable: true, hint: 'Check that it runs: understudy status.', cause },
  )
}

/** A success whose body is not what this version of Label Studio is known to send. */
export const toUnreadable = (method: string, path: string, problem: string): AdapterError =>
  new AdapterError(
    'BoardRejected',
    `Label Studio answered ${method} ${path.split('?')[0]} in an unknown shape (${problem}).`,
    { retryable: false, hint: 'Is it the pinned version? See understudy doctor.' },
  )
