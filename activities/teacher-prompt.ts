import { geminiPromptText } from '../domain/formats/gemini/prompt.ts'
import { geminiDetectionSchema } from '../domain/formats/gemini/schema.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import type { PromptRecord } from '../domain/schemas/records/draft.ts'
import { worstCaseCallUsd } from '../domain/teacher-cost.ts'
import { hashOf } from './content-hash.ts'
import type { TeacherIdentity, TeacherPrompt } from './roles/drafter.ts'

/** What the teacher is asked under a config. */
export function teacherPromptOf({ classes, teacher }: ProjectConfig): TeacherPrompt {
  return {
    text: geminiPromptText(classes, teacher.instruction),
    classes: classes.map(({ name }) => name),
    model: teacher.model,
    thinking: teacher.thinking,
    maxOutputTokens: teacher.maxOutputTokens,
  }
}

/**
 * What a prompt version stands for, and its hash: everything that may change what the teacher answers. Aliases, the parser
 * and the price are left out, because a change of them must not be paid for; so are a port and a key.
 */
export function promptRecordOf(config: ProjectConfig, { vendor, endpoint }: TeacherIdentity): PromptRecord {
  const { text, classes, model, thinking } = teacherPromptOf(config)
  const { imageSize } = config.teacher
  const identity = { vendor, endpoint, model, thinking, text, classes: [...classes], imageSize }
  const promptVersion = hashOf({
    ...identity,
    classes: config.classes.map(({ name, description }) => ({ name, description })),
    schema: geminiDetectionSchema(classes),
  })
  return { v: 1, promptVersion, ...identity }
}

/** Most that one call under a config can cost, USD. */
export function worstCaseUsdOf(config: ProjectConfig): number {
  const { text, classes, model, maxOutputTokens } = teacherPromptOf(config)
  const textLength = text.length + JSON.stringify(geminiDetectionSchema(classes)).length
  const { imageSize, price } = config.teacher
  return worstCaseCallUsd({ model, imageSize, textLength, maxOutputTokens }, price)
}
