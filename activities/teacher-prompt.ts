import { draftParts, type DraftPart, type DraftShape } from '../domain/draft-parts.ts'
import { geminiOpenPromptText, geminiPromptText } from '../domain/formats/gemini/prompt.ts'
import { geminiAnswerSchema, geminiDetectionSchema } from '../domain/formats/gemini/schema.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import type { PromptRecord } from '../domain/schemas/records/draft.ts'
import { worstCaseCallUsd } from '../domain/teacher-cost.ts'
import { teacherModel, type OutlineKind } from '../domain/teacher-models.ts'
import { hashOf } from './content-hash.ts'
import type { TeacherIdentity, TeacherPrompt } from './roles/drafter.ts'

type Classes = ProjectConfig['classes']

/** What is asked of an image in one go: classes by their names, or one by open words. */
export type TeacherQuestion =
  | { readonly kind: 'listed'; readonly classes: Classes }
  | { readonly kind: 'open'; readonly asked: Classes[number] }

/** The classes without a prompt together, then each class that has one. */
export function questionsOf({ classes }: Pick<ProjectConfig, 'classes'>): TeacherQuestion[] {
  const listed = classes.filter(({ prompt }) => prompt === '')
  const open = classes.filter(({ prompt }) => prompt !== '')
  return [
    ...(listed.length === 0 ? [] : [{ kind: 'listed' as const, classes: listed }]),
    ...open.map((asked) => ({ kind: 'open' as const, asked })),
  ]
}

export const draftShapeOf = (config: ProjectConfig): DraftShape => ({
  questions: questionsOf(config).length,
  tiles: config.teacher.tiles,
  samples: config.teacher.samples,
})

/** How outlines are asked for; null where boxes are enough. */
function outlinesOf({ task, teacher }: ProjectConfig): OutlineKind | null {
  if (task === 'detect') return null
  return teacher.outlines === 'auto'
    ? (teacherModel(teacher.model)?.outlines ?? 'polygons')
    : teacher.outlines
}

const wholeDraft: DraftPart = { question: 0, tile: 0, sample: 0 }

/** What the teacher is asked under a config, for one call of a draft. */
export function teacherPromptOf(config: ProjectConfig, part: DraftPart = wholeDraft): TeacherPrompt {
  const { teacher } = config
  const question = questionsOf(config)[part.question]
  if (question === undefined) throw new RangeError(`A draft has no question ${part.question}.`)
  const outlines = outlinesOf(config) ?? undefined
  const { instruction, apiVersion, mediaResolution } = teacher
  return {
    text:
      question.kind === 'listed'
        ? geminiPromptText(question.classes, instruction, outlines)
        : geminiOpenPromptText(question.asked, instruction, outlines),
    classes: question.kind === 'listed' ? question.classes.map(({ name }) => name) : null,
    model: teacher.model,
    thinking: teacher.thinking,
    maxOutputTokens: teacher.maxOutputTokens,
    ...(outlines === undefined ? {} : { outlines }),
    ...(mediaResolution === 'auto' ? {} : { mediaResolution }),
    ...(apiVersion === 'auto' ? {} : { apiVersion }),
    ...(teacher.samples === 1 ? {} : { seed: part.sample }),
  }
}

/**
 * What a prompt version stands for, and its hash: everything that may change what the teacher answers. Aliases, the parser
 * and the price are left out, because a change of them must not be paid for; so are a port and a key. What stands at its
 * default is left out, too: a new setting must not make everybody pay anew.
 */
export function promptRecordOf(config: ProjectConfig, teacher: TeacherIdentity): PromptRecord {
  const { vendor } = teacher
  // The same model of the same vendor by another door: nobody pays again for changing the door.
  const endpoint = teacher.endpoint === 'vertex' ? 'google' : teacher.endpoint
  const { text, model, thinking, outlines, mediaResolution } = teacherPromptOf(config)
  const { imageSize, tiles, samples } = config.teacher
  const classes = config.classes.map(({ name }) => name)
  const further = questionsOf(config).slice(1)
  const questions = further.map(
    (_, index) => teacherPromptOf(config, { ...wholeDraft, question: index + 1 }).text,
  )
  const identity = {
    vendor,
    endpoint,
    model,
    thinking,
    text,
    classes,
    imageSize,
    ...(outlines === undefined ? {} : { outlines }),
    ...(mediaResolution === undefined ? {} : { mediaResolution }),
    ...(questions.length === 0 ? {} : { questions }),
    ...(tiles === 1 ? {} : { tiles }),
    ...(samples === 1 ? {} : { samples }),
  }
  const described = config.classes.map(({ name, description, prompt }) => ({
    name,
    description,
    ...(prompt === '' ? {} : { prompt }),
  }))
  const promptVersion = hashOf({
    ...identity,
    classes: described,
    schema: outlines === undefined ? geminiDetectionSchema(classes) : geminiAnswerSchema(classes, outlines),
  })
  return { v: 1, promptVersion, ...identity, instruction: config.teacher.instruction, described }
}

/** Most that one call under a config can cost, USD. */
export function worstCaseUsdOf(config: ProjectConfig): number {
  const { imageSize, price, mediaResolution } = config.teacher
  const costs = draftParts({ ...draftShapeOf(config), tiles: 1, samples: 1 }).map((part) => {
    const { text, classes, model, maxOutputTokens, outlines } = teacherPromptOf(config, part)
    const textLength = text.length + JSON.stringify(geminiAnswerSchema(classes, outlines)).length
    return worstCaseCallUsd({ model, imageSize, mediaResolution, textLength, maxOutputTokens }, price)
  })
  return Math.max(...costs)
}
