import { z } from 'zod'

const Detail = z.looseObject({
  '@type': z.string().catch(''),
  retryDelay: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  violations: z
    .array(z.looseObject({ quotaId: z.string().catch('') }))
    .optional()
    .catch(undefined),
})

const ErrorBody = z.looseObject({
  error: z.looseObject({
    message: z.string().catch(''),
    status: z.string().catch(''),
    details: z.array(Detail).catch([]),
  }),
})

/** What an error body says, as far as we act on it. */
export interface VendorError {
  readonly message: string
  readonly status: string
  /** `reason` of a google.rpc.ErrorInfo. */
  readonly reason: string | null
  /** From a google.rpc.RetryInfo, seconds. */
  readonly retryDelaySeconds: number | null
  /** Quotas that were exceeded, such as `GenerateRequestsPerDayPerProjectPerModel`. */
  readonly quotaIds: readonly string[]
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Reads the body that the SDK quotes in `ApiError.message`. Bodies come as an object, as a list with one object, and,
 * when the content type was wrong, as JSON inside the message of another body. What is no JSON is its own message.
 */
export function readErrorBody(text: string): VendorError {
  const value = parseJson(text)
  const parsed = ErrorBody.safeParse(Array.isArray(value) ? value[0] : value)
  if (!parsed.success) {
    return { message: text, status: '', reason: null, retryDelaySeconds: null, quotaIds: [] }
  }
  const { message, status, details } = parsed.data.error
  const inner = message.trimStart().startsWith('{') || message.trimStart().startsWith('[') ? message : null
  if (inner !== null && parseJson(inner) !== null) return readErrorBody(inner)
  return {
    message,
    status,
    reason: details.find(({ reason }) => reason !== undefined)?.reason ?? null,
    retryDelaySeconds: durationSeconds(
      details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay,
    ),
    quotaIds: details.flatMap(({ violations }) => violations ?? []).map(({ quotaId }) => quotaId),
  }
}

/** A protobuf duration such as `37s` or `0.5s`. */
function durationSeconds(text: string | undefined): number | null {
  const number = /^(\d+(?:\.\d+)?)s$/.exec(text ?? '')?.[1]
  return number === undefined ? null : Number(number)
}

/** The header of RFC 9110: seconds, or a date. Null when there is none or it cannot be read. */
export function retryAfterSeconds(header: string | null, now: Date): number | null {
  if (header === null) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}
