import { GoogleGenAI, type HttpOptions } from '@google/genai'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { apiVersionOf } from './capabilities.ts'
import { toTeacherError } from './map-error.ts'

/** Said explicitly, because the SDK would otherwise follow GOOGLE_GEMINI_BASE_URL while drafts are marked as Google's. */
const googleBaseUrl = 'https://generativelanguage.googleapis.com/'

/** Below the activity's own timeout, so that a hang is named; the slowest answers measured take 26 s. */
const defaultTimeoutMs = 120_000

export interface TeacherClientOptions {
  /** Wait for one answer, its body included, milliseconds. */
  readonly timeoutMs?: number
}

/** The vendor's SDK with our rules around every call: one HTTP call and never a retry (Temporal retries). */
export interface TeacherClient {
  readonly sdk: GoogleGenAI
  /** Runs one call of the SDK with the options it is handed. Failures are `AdapterError`s with a Teacher… code. */
  call<T>(
    model: string,
    signal: AbortSignal | undefined,
    send: (httpOptions: HttpOptions) => Promise<T>,
  ): Promise<T>
  /** The same JSON value without the key in it. */
  redactJson(value: unknown): unknown
}

/** `settings.apiKey` reaches the request header and nothing else. */
export function createTeacherClient(
  { apiKey, keySource, baseUrl }: NonNullable<ConnectionSettings['teacher']>,
  { timeoutMs = defaultTimeoutMs }: TeacherClientOptions = {},
): TeacherClient {
  const sdk = new GoogleGenAI({
    apiKey,
    vertexai: false,
    httpOptions: { baseUrl: baseUrl ?? googleBaseUrl, timeout: timeoutMs },
  })
  // A word this short is the stand-in's, no secret, and may well occur in a reply.
  const redact = (text: string): string => (apiKey.length < 12 ? text : text.replaceAll(apiKey, '[key]'))

  return {
    sdk,
    async call(model, signal, send) {
      let status: number | null = null
      let retryAfter: string | null = null
      const watchedFetch: HttpOptions['fetch'] = async (input, init) => {
        const response = await fetch(input, init)
        status = response.status
        retryAfter = response.headers.get('retry-after')
        return response
      }
      try {
        return await send({ apiVersion: apiVersionOf(model), fetch: watchedFetch })
      } catch (error) {
        // The SDK throws the same AbortError for our caller's abort and for its own timeout.
        signal?.throwIfAborted()
        const now = new Date()
        throw toTeacherError(error, { model, status, retryAfter, timeoutMs, keySource, redact, now })
      }
    },
    redactJson: (value) => JSON.parse(redact(JSON.stringify(value))),
  }
}
