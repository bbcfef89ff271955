import { createPartFromBase64, ThinkingLevel, type GenerateContentParameters } from '@google/genai'
import { geminiDetectionSchema } from '../../../domain/formats/gemini/schema.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { DraftRequest, TeacherPrompt } from '../../roles/drafter.ts'
import { capabilityOf, thinkingSetting } from './capabilities.ts'

const levels = {
  minimal: ThinkingLevel.MINIMAL,
  low: ThinkingLevel.LOW,
  medium: ThinkingLevel.MEDIUM,
  high: ThinkingLevel.HIGH,
} as const satisfies Record<TeacherPrompt['thinking'], ThinkingLevel>

function thinkingConfig({ model, thinking }: TeacherPrompt) {
  const setting = thinkingSetting(model, thinking)
  switch (setting.kind) {
    case 'level':
      return { thinkingLevel: levels[setting.level] }
    case 'budget':
      return { thinkingBudget: setting.tokens }
    case 'refused':
      throw new AdapterError(
        'TeacherBadRequest',
        `${model} takes thinking ${setting.allowed.join(', ')}; the config says ${thinking}.`,
        { retryable: false, hint: 'Change teacher.thinking in understudy.yaml.' },
      )
  }
}

/**
 * The request for one image: the image part first, the schema enforced, no continuation by the SDK behind our back.
 * @throws AdapterError TeacherBadRequest when the model does not take the configured thinking
 */
export function generateContentRequest({
  imageBytes,
  mimeType,
  prompt,
}: DraftRequest): GenerateContentParameters {
  const temperature = capabilityOf(prompt.model)?.temperature ?? null
  return {
    model: prompt.model,
    contents: [
      {
        role: 'user',
        parts: [
          createPartFromBase64(Buffer.from(imageBytes).toString('base64'), mimeType),
          { text: prompt.text },
        ],
      },
    ],
    config: {
      automaticContinuation: false,
      maxOutputTokens: prompt.maxOutputTokens,
      responseMimeType: 'application/json',
      responseSchema: geminiDetectionSchema(prompt.classes),
      thinkingConfig: thinkingConfig(prompt),
      ...(temperature === null ? {} : { temperature }),
    },
  }
}
