import {
  MediaResolution,
  PartMediaResolutionLevel,
  ThinkingLevel,
  type GenerateContentParameters,
  type Part,
} from '@google/genai'

import { geminiAnswerSchema } from '../../../domain/formats/gemini/schema.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { DraftRequest, TeacherPrompt } from '../../roles/drafter.ts'
import { teacherModel } from '../../../domain/teacher-models.ts'
import { takesMediaResolution, thinkingSetting } from './capabilities.ts'

/** A picture in a request: its bytes, or where the vendor has them. */
export const picturePart = ({
  imageBytes,
  mimeType,
  fileUri,
}: Pick<DraftRequest, 'imageBytes' | 'mimeType' | 'fileUri'>): Part =>
  fileUri === undefined
    ? { inlineData: { mimeType, data: Buffer.from(imageBytes).toString('base64') } }
    : { fileData: { mimeType, fileUri } }

const levels = {
  minimal: ThinkingLevel.MINIMAL,
  low: ThinkingLevel.LOW,
  medium: ThinkingLevel.MEDIUM,
  high: ThinkingLevel.HIGH,
} as const satisfies Record<TeacherPrompt['thinking'], ThinkingLevel>

/** @throws AdapterError TeacherBadRequest when the model does not take this much thought */
export function thinkingConfig({ model, thinking }: Pick<TeacherPrompt, 'model' | 'thinking'>) {
  const setting = thinkingSetting(model, thinking)
  switch (setting.kind) {
    case 'level':
      return { thinkingLevel: levels[setting.level] }
    case 'budget':
      return { thinkingBudget: setting.tokens }
    case 'refused':
      throw new AdapterError(
        'TeacherBadRequest',
        `${model} takes thinking ${setting.allowed.join(', ')}, and was asked for ${thinking}.`,
        { retryable: false, hint: 'Change teacher.thinking in understudy.yaml, or --think.' },
      )
  }
}

const resolutions = {
  low: MediaResolution.MEDIA_RESOLUTION_LOW,
  medium: MediaResolution.MEDIA_RESOLUTION_MEDIUM,
  high: MediaResolution.MEDIA_RESOLUTION_HIGH,
} as const

/** `ultra-high` stands beside the picture, the others are said of the whole request. */
function resolutionOf({ model, mediaResolution = 'auto' }: TeacherPrompt) {
  if (mediaResolution === 'auto') return { ofPart: {}, ofRequest: {} }
  if (!takesMediaResolution(model)) {
    throw new AdapterError('TeacherBadRequest', `${model} cannot be told how finely to look.`, {
      retryable: false,
      hint: 'Set teacher.mediaResolution in understudy.yaml to auto.',
    })
  }
  return mediaResolution === 'ultra-high'
    ? {
        ofPart: { mediaResolution: { level: PartMediaResolutionLevel.MEDIA_RESOLUTION_ULTRA_HIGH } },
        ofRequest: {},
      }
    : { ofPart: {}, ofRequest: { mediaResolution: resolutions[mediaResolution] } }
}

/**
 * The request for one image: the image part first, the schema enforced, no continuation by the SDK behind our back.
 * @throws AdapterError TeacherBadRequest when the model does not take the configured thinking or resolution
 */
export function generateContentRequest({
  imageBytes,
  mimeType,
  fileUri,
  prompt,
}: DraftRequest): GenerateContentParameters {
  const temperature = teacherModel(prompt.model)?.temperature ?? null
  const { ofPart, ofRequest } = resolutionOf(prompt)
  const schema = geminiAnswerSchema(prompt.classes, prompt.outlines)
  const picture = { ...picturePart({ imageBytes, mimeType, ...(fileUri && { fileUri }) }), ...ofPart }
  return {
    model: prompt.model,
    contents: [
      {
        role: 'user',
        parts: [picture, { text: prompt.text }],
      },
    ],
    config: {
      automaticContinuation: false,
      maxOutputTokens: prompt.maxOutputTokens,
      responseMimeType: 'application/json',
      ...(schema === null ? {} : { responseSchema: schema }),
      thinkingConfig: thinkingConfig(prompt),
      ...ofRequest,
      ...(prompt.seed === undefined ? {} : { seed: prompt.seed }),
      ...(temperature === null ? {} : { temperature }),
    },
  }
}
