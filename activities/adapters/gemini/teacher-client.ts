import { GoogleGenAI, type HttpOptions } from '@google/genai'
import type { TeacherSettings } from '../../../domain/schemas/teacher-settings.ts'
import type { TeacherIdentity, TeacherPrompt } from '../../roles/drafter.ts'
import { apiVersionFor, vertexApiVersion } from './capabilities.ts'
import { toTeacherError } from './map-error.ts'
import { withoutVariables } from './without-variables.ts'

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
  /** The version of the API that knows what a prompt asks. */
  versionFor(prompt: Pick<TeacherPrompt, 'apiVersion' | 'model' | 'mediaResolution'>): string
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
  settings: TeacherSettings,
  { timeoutMs = defaultTimeoutMs }: TeacherClientOptions = {},
): TeacherClient {
  const { apiKey, keySource, vertex } = settings
  const sdk = withoutVariables(() => connect(settings, timeoutMs))
  // A word this short is the stand-in's, no secret, and may well occur in a reply.
  const redact = (text: string): string =>
    apiKey === null || apiKey.length < 12 ? text : text.replaceAll(apiKey, '[key]')

  const versionFor: TeacherClient['versionFor'] = (prompt) =>
    vertex === undefined ? apiVersionFor(prompt) : vertexApiVersion(prompt)

  return {
    sdk,
    versionFor,
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
        return await send({ apiVersion: versionFor({ model }), fetch: watchedFetch })
      } catch (error) {
        // The SDK throws the same AbortError for our caller's abort and for its own timeout.
        signal?.throwIfAborted()
        const now = new Date()
        throw toTeacherError(error, {
          model,
          status,
          retryAfter,
          timeoutMs,
          keySource,
          redact,
          now,
          usesCloudCredentials: apiKey === null,
        })
      }
    },
    redactJson: (value) => JSON.parse(redact(JSON.stringify(value))),
  }
}

/** Everything is said, so that the SDK finds nothing to take from variables that we did not look at. */
function connect({ apiKey, vertex, baseUrl }: TeacherSettings, timeout: number): GoogleGenAI {
  if (vertex === undefined) {
    const httpOptions = { baseUrl: baseUrl ?? googleBaseUrl, timeout }
    return new GoogleGenAI({ vertexai: false, httpOptions, ...(apiKey !== null && { apiKey }) })
  }
  const httpOptions = { timeout, ...(baseUrl !== null && { baseUrl }) }
  const { project, location, credentialsFile } = vertex
  if (apiKey !== null) return new GoogleGenAI({ vertexai: true, apiKey, httpOptions })
  return new GoogleGenAI({
    vertexai: true,
    httpOptions,
    ...(project !== null && { project }),
    ...(location !== null && { location }),
    ...(credentialsFile !== null && { googleAuthOptions: { keyFilename: credentialsFile } }),
  })
}

/** Who a teacher with these settings is. */
export const teacherIdentity = ({ endpoint, vertex }: TeacherSettings): TeacherIdentity => ({
  vendor: 'gemini',
  endpoint,
  ...(vertex === undefined ? {} : { platform: 'vertex' as const }),
})
