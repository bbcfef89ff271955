import { FileState, type File, type HttpOptions } from '@google/genai'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { FileSight, TeacherFiles } from '../../roles/teacher-files.ts'
import { createTeacherClient, type TeacherClientOptions } from './teacher-client.ts'

/** For errors only: files are kept for a project, whatever its models. */
const forAnyModel = ''

/** A model's answer that breaks off or comes too late is billed; files never are, and none of them counts as if it were. */
const unbilled = (error: unknown): unknown =>
  error instanceof AdapterError && ['TeacherBadReply', 'TeacherTimeout'].includes(error.code)
    ? new AdapterError('TeacherUnavailable', error.message, { retryable: true })
    : error

/**
 * Gemini's Files API. The SDK ignores a signal while it uploads, so a cancelled upload ends by itself and is then deleted.
 * A file that is not there is answered with 403, as one of somebody else's.
 */
export function createTeacherFiles(
  settings: NonNullable<ConnectionSettings['teacher']>,
  options: TeacherClientOptions = {},
): TeacherFiles {
  const client = createTeacherClient(settings, options)
  const { files } = client.sdk

  const call = async <T>(send: (httpOptions: HttpOptions) => Promise<T>): Promise<T> => {
    try {
      return await client.call(forAnyModel, undefined, send)
    } catch (error) {
      throw unbilled(error)
    }
  }

  const ifThere = async <T>(act: () => Promise<T>): Promise<T | null> => {
    try {
      return await act()
    } catch (error) {
      if (error instanceof AdapterError && error.code === 'TeacherFileGone') return null
      throw error
    }
  }

  return {
    endpoint: settings.endpoint,

    async upload({ name, imageBytes, mimeType }) {
      const file = new Blob([Buffer.from(imageBytes)], { type: mimeType })
      const uploaded = await call(async (httpOptions) =>
        files.upload({ file, config: { name, mimeType, httpOptions } }),
      )
      return sightOf(uploaded)
    },

    look: (name) =>
      ifThere(async () =>
        sightOf(await call(async (httpOptions) => files.get({ name, config: { httpOptions } }))),
      ),

    async remove(name) {
      await ifThere(() => call(async (httpOptions) => files.delete({ name, config: { httpOptions } })))
    },
  }
}

function sightOf({ state, uri, error }: File): FileSight {
  if (state === FileState.FAILED) return { state: 'failed', reason: error?.message ?? 'no reason given' }
  return state === FileState.PROCESSING || uri === undefined
    ? { state: 'processing' }
    : { state: 'ready', uri }
}

/** The vendor's disk where it has one: Vertex AI reads from buckets instead. */
export const openTeacherFiles = (settings: NonNullable<ConnectionSettings['teacher']>): TeacherFiles | null =>
  settings.vertex === undefined ? createTeacherFiles(settings) : null
