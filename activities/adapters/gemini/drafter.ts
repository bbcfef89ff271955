import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import type { Drafter } from '../../roles/drafter.ts'
import { readResponse } from './reply.ts'
import { generateContentRequest } from './request.ts'
import { refuseTooLarge } from './request-size.ts'
import { createTeacherClient, teacherIdentity, type TeacherClientOptions } from './teacher-client.ts'

/** Gemini, one answer for each request. */
export function createDrafter(
  settings: NonNullable<ConnectionSettings['teacher']>,
  options: TeacherClientOptions = {},
): Drafter {
  const client = createTeacherClient(settings, options)
  return {
    identity: teacherIdentity(settings),

    async draft(request) {
      const { model } = request.prompt
      const { config, ...parameters } = generateContentRequest(request)
      const { signal } = request
      refuseTooLarge(parameters.contents)
      const apiVersion = client.versionFor(request.prompt)
      const response = await client.call(model, signal, async (httpOptions) =>
        client.sdk.models.generateContent({
          ...parameters,
          config: {
            ...config,
            httpOptions: { ...httpOptions, apiVersion },
            ...(signal === undefined ? {} : { abortSignal: signal }),
          },
        }),
      )
      const { sdkHttpResponse: _headers, ...answer } = response
      return readResponse(client.redactJson(answer))
    },

    async check(model) {
      const answer = await client.call(model, undefined, async (httpOptions) =>
        client.sdk.models.get({ model, config: { httpOptions } }),
      )
      return (answer.name ?? model).replace(/^models\//, '')
    },
  }
}
