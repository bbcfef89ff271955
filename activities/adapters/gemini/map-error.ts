import { ApiError } from '@google/genai'
import { excerpt } from '../../../domain/formats/gemini/types.ts'
import { AdapterError, type AdapterErrorOptions } from '../../errors/adapter-error.ts'
import type { ErrorCode } from '../../../domain/contracts/error-codes.ts'
import { readErrorBody, retryAfterSeconds, type VendorError } from './error-body.ts'
import { tooLargeHint } from './request-size.ts'
import { secondsUntilPacificMidnight } from './pacific-midnight.ts'

/** What was seen of a call besides the error that the SDK threw. */
export interface CallTrace {
  readonly model: string
  /** Status of the answer, null when there was none. */
  readonly status: number | null
  /** Its `Retry-After` header: the SDK's error does not carry it. */
  readonly retryAfter: string | null
  /** Timeout of the call, milliseconds. */
  readonly timeoutMs: number
  /** Where the key came from, for the hint. */
  readonly keySource: string
  /** No key: credentials of Google Cloud, which may fail before anything is sent. */
  readonly usesCloudCredentials: boolean
  /** Takes the key out of a text: Google quotes it in some refusals. */
  redact(text: string): string
  readonly now: Date
}

/** Wait before a daily quota is tried again, past midnight: not all of Google's clocks agree. */
const afterMidnightSeconds = 120

/** Maps what the SDK throws, once, to a failure with a Teacher… code. Causes are left out: their texts may hold the key. */
export function toTeacherError(error: unknown, trace: CallTrace): AdapterError {
  if (error instanceof AdapterError) return error
  if (error instanceof ApiError) return fromStatus(error.status, readErrorBody(error.message), trace)
  const name = error instanceof Error ? error.name : ''
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new AdapterError(
      'TeacherTimeout',
      `Gemini did not answer within ${Math.round(trace.timeoutMs / 1000)} s.`,
      { retryable: true },
    )
  }
  if (trace.status !== null && trace.status >= 400) return fromStatus(trace.status, readErrorBody(''), trace)
  if (trace.status !== null) {
    // The answer had begun, so it is billed: not the same as a server that cannot be reached.
    const what = name === 'SyntaxError' ? 'something that is not JSON' : 'an answer that broke off'
    return new AdapterError('TeacherBadReply', `Gemini sent ${what} (${trace.status}).`, { retryable: true })
  }
  // The library's own words stay out: they may quote from the file.
  if (trace.usesCloudCredentials && name !== 'TypeError') {
    return new AdapterError('TeacherAuth', `Vertex AI was not asked: no token from ${trace.keySource}.`, {
      retryable: false,
      hint: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file.',
    })
  }
  return new AdapterError(
    'TeacherUnavailable',
    `Gemini cannot be reached: ${trace.redact(reasonOf(error))}.`,
    {
      retryable: true,
      hint: 'Check the network; behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
    },
  )
}

/** Node's fetch says "fetch failed" and hides why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  return code === null ? excerpt(error.message, 200) : `${excerpt(error.message, 200)} (${code})`
}

function fromStatus(status: number, vendor: VendorError, trace: CallTrace): AdapterError {
  const { code, ...options } = classify(status, vendor, trace)
  const said = excerpt(trace.redact(vendor.message), 300)
  const words = [`Gemini answered ${status}`, vendor.status].filter((part) => part !== '').join(' ')
  return new AdapterError(code, said === '' ? `${words}.` : `${words}: ${said}`, options)
}

/** Not there (any more), as 403 because it might be somebody else's; or not there yet. */
const isGoneFile = (status: number, { message }: VendorError): boolean =>
  (status === 403 && /permission to access the file/i.test(message)) ||
  (status === 400 && /not in an active state/i.test(message))

type Classified = AdapterErrorOptions & { readonly code: ErrorCode }

function classify(status: number, vendor: VendorError, trace: CallTrace): Classified {
  if (isGoneFile(status, vendor)) return { code: 'TeacherFileGone', retryable: true }
  if (status === 413 || /payload size exceeds/i.test(vendor.message)) {
    return { code: 'TeacherRequestTooLarge', retryable: false, hint: tooLargeHint }
  }
  const isBadKey = vendor.reason === 'API_KEY_INVALID' || /api key (not valid|expired)/i.test(vendor.message)
  if (status === 401 || status === 403 || isBadKey) {
    return {
      code: 'TeacherAuth',
      retryable: false,
      hint: `Check the key in ${trace.keySource} and that the Gemini API is enabled for its project.`,
    }
  }
  const wait = vendor.retryDelaySeconds ?? retryAfterSeconds(trace.retryAfter, trace.now)
  const waiting = wait === null ? {} : { retryAfterSeconds: wait }
  if (status === 429) {
    if (!vendor.quotaIds.some((id) => /PerDay/i.test(id))) {
      return { code: 'TeacherRateLimited', retryable: true, ...waiting }
    }
    return {
      code: 'TeacherQuotaExhausted',
      retryable: true,
      retryAfterSeconds: secondsUntilPacificMidnight(trace.now) + afterMidnightSeconds,
      hint: 'The daily quota starts anew at midnight Pacific time; raise it in AI Studio to go on today.',
    }
  }
  if (status === 408 || status === 504) return { code: 'TeacherTimeout', retryable: true, ...waiting }
  if (status >= 500) return { code: 'TeacherUnavailable', retryable: true, ...waiting }
  if (status === 404 && vendor.reason === 'IMAGE_UNKNOWN') {
    return {
      code: 'TeacherUnknownImage',
      retryable: false,
      hint: 'The simulated teacher only knows the demo images: set GEMINI_API_KEY to have others drafted.',
    }
  }
  if (status === 404) {
    return {
      code: 'TeacherBadRequest',
      retryable: false,
      hint: `Check teacher.model in understudy.yaml: "${trace.model}" is not known to this key.`,
    }
  }
  return { code: 'TeacherBadRequest', retryable: false }
}
