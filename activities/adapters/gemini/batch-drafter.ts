import type { HttpOptions } from '@google/genai'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { BatchDrafter } from '../../roles/batch-drafter.ts'
import { readBatchOperation } from './batch-operation.ts'
import { generateContentRequest } from './request.ts'
import { createTeacherClient, type TeacherClientOptions } from './teacher-client.ts'

/** Jobs a page of the list; Google takes up to 100. */
const pageSize = 100

/** Gemini's Batch API: many requests as one job, answered within a day, at half the price. */
export function createBatchDrafter(
  settings: NonNullable<ConnectionSettings['teacher']>,
  options: TeacherClientOptions = {},
): BatchDrafter {
  if (settings.vertex !== undefined) return refusing
  const client = createTeacherClient(settings, options)
  const { batches } = client.sdk

  /** Does something to a job; false when there is no such job (any more). */
  const onJob = async (
    model: string,
    act: (config: { readonly httpOptions: HttpOptions }) => Promise<unknown>,
  ): Promise<boolean> => {
    try {
      await client.call(model, undefined, async (httpOptions) => act({ httpOptions }))
      return true
    } catch (error) {
      if (error instanceof AdapterError && error.code === 'TeacherBadRequest') return false
      throw error
    }
  }

  return {
    async find(model, displayName) {
      return client.call(model, undefined, async (httpOptions) => {
        const jobs = await batches.list({ config: { httpOptions, pageSize } })
        for await (const { name, displayName: given } of jobs) {
          if (given === displayName && name !== undefined) return name
        }
        return null
      })
    },

    async submit(model, displayName, items) {
      const src = items.map(({ key, request }) => {
        const { contents, config } = generateContentRequest(request)
        return { contents, metadata: { key }, ...(config === undefined ? {} : { config }) }
      })
      const [first] = items
      const version = first === undefined ? {} : { apiVersion: client.versionFor(first.request.prompt) }
      const { name } = await client.call(model, undefined, async (httpOptions) =>
        batches.create({ model, src, config: { displayName, httpOptions: { ...httpOptions, ...version } } }),
      )
      if (name !== undefined) return name
      throw new AdapterError('TeacherBadReply', 'Gemini took a batch job and gave it no name.', {
        retryable: true,
      })
    },

    async look(model, job) {
      let raw: unknown = null
      const found = await onJob(model, async ({ httpOptions }) => {
        const keepRaw: HttpOptions['fetch'] = async (input, init) => {
          const response = await (httpOptions.fetch ?? fetch)(input, init)
          raw = response.ok ? await response.clone().json() : null
          return response
        }
        await batches.get({ name: job, config: { httpOptions: { ...httpOptions, fetch: keepRaw } } })
      })
      if (!found) return { state: 'gone', reason: 'Gemini knows the job no more' }
      const sight = readBatchOperation(client.redactJson(raw))
      if (sight !== null) return sight
      throw new AdapterError('TeacherBadReply', 'Gemini described a batch job in an unknown way.', {
        retryable: true,
      })
    },

    async cancel(model, job) {
      await onJob(model, async (config) => batches.cancel({ name: job, config }))
    },

    async remove(model, job) {
      await onJob(model, async (config) => batches.delete({ name: job, config }))
    },
  }
}

/** Vertex AI takes its jobs from buckets and BigQuery tables, which is another thing. */
async function refuse(): Promise<never> {
  throw new AdapterError('TeacherBadRequest', 'Batch jobs go to the Gemini API only, not to Vertex AI.', {
    retryable: false,
    hint: 'Set teacher.mode to single, or use a key of the Gemini API.',
  })
}

const refusing: BatchDrafter = { find: refuse, submit: refuse, look: refuse, cancel: refuse, remove: refuse }
