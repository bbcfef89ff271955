import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { teacherModel } from '../../../domain/teacher-models.ts'
import type { Questioner } from '../../roles/questioner.ts'
import { readResponse } from './reply.ts'
import { refuseTooLarge } from './request-size.ts'
import { picturePart, thinkingConfig } from './request.ts'
import { createTeacherClient, teacherIdentity, type TeacherClientOptions } from './teacher-client.ts'

/** Gemini, one HTTP call for each question: pictures first, then the words. */
export function createQuestioner(
  settings: NonNullable<ConnectionSettings['teacher']>,
  options: TeacherClientOptions = {},
): Questioner {
  const client = createTeacherClient(settings, options)
  return {
    identity: teacherIdentity(settings),

    async ask({ pictures, text, schema, json, model, thinking, maxOutputTokens, signal }) {
      const temperature = teacherModel(model)?.temperature ?? null
      const parts = pictures.map(picturePart)
      refuseTooLarge(parts)
      const response = await client.call(model, signal, async (httpOptions) =>
        client.sdk.models.generateContent({
          model,
          contents: [{ role: 'user', parts: [...parts, { text }] }],
          config: {
            automaticContinuation: false,
            maxOutputTokens,
            ...(json ? { responseMimeType: 'application/json' } : {}),
            ...(schema === null ? {} : { responseSchema: schema }),
            thinkingConfig: thinkingConfig({ model, thinking }),
            ...(temperature === null ? {} : { temperature }),
            httpOptions,
            abortSignal: signal,
          },
        }),
      )
      const { sdkHttpResponse: _headers, ...answer } = response
      return readResponse(client.redactJson(answer))
    },
  }
}
