import { GoogleGenAI, type HttpOptions } from '@google/genai'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import type { Drafter } from '../../roles/drafter.ts'
import { apiVersionOf } from './capabilities.ts'
import { toTeacherError } from './map-error.ts'
import { readResponse } from './reply.ts'
import { generateContentRequest } from './request.ts'

/** Said explicitly, because the SDK would otherwise follow GOOGLE_GEMINI_BASE_URL while drafts are marked as Google's. */
const googleBaseUrl = 'https://generativelanguage.googleapis.com/'

/** Below the activity's own timeout, so that a hang is named; the slowest answers measured take 26 s. */
const defaultTimeoutMs = 120_000

export interface DrafterOptions {
  /** Wait for one answer, its body included, milliseconds. */
  readonly timeoutMs?: number
}

/**
 * Gemini through the vendor's SDK: one HTTP call for each request and never a retry (Temporal retries).
 * `settings.apiKey` reaches the request header and nothing else.
 */
export function createDrafter(
  settings: NonNullable<ConnectionSettings['teacher']>,
  { timeoutMs = defaultTimeoutMs }: DrafterOptions = {},
): Drafter {
  const { apiKey, keySource, endpoint, baseUrl } = settings
  const client = new GoogleGenAI({
    apiKey,
    vertexai: false,
    httpOptions: { baseUrl: baseUrl ?? googleBaseUrl, timeout: timeoutMs },
  })
  // A word this short is the stand-in's, no secret, and may well occur in a reply.
  const redact = (text: string): string => (apiKey.length < 12 ? text : text.replaceAll(apiKey, '[key]'))

  const call = async <T>(
    model: string,
    signal: AbortSignal | undefined,
    send: (httpOptions: HttpOptions) => Promise<T>,
  ): Promise<T> => {
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
      throw toTeacherError(error, {
        model,
        status,
        retryAfter,
        timeoutMs,
        keySource,
        redact,
        now: new Date(),
      })
    }
  }

  return {
    identity: { vendor: 'gemini', endpoint },

    async draft(request) {
      const { model } = request.prompt
      const { config, ...parameters } = generateContentRequest(request)
      const { signal } = request
      const response = await call(model, signal, async (httpOptions) =>
        client.models.generateContent({
          ...parameters,
          config: { ...config, httpOptions, ...(signal === undefined ? {} : { abortSignal: signal }) },
        }),
      )
      const { sdkHttpResponse: _headers, ...answer } = response
      return readResponse(JSON.parse(redact(JSON.stringify(answer))))
    },

    async check(model) {
      const answer = await call(model, undefined, async (httpOptions) =>
        client.models.get({ model, config: { httpOptions } }),
      )
      return (answer.name ?? model).replace(/^models\//, '')
    },
  }
}
