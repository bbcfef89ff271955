import type { OutlineKind } from '../../teacher-models.ts'
import { geminiOpenPromptText } from './prompt.ts'
import { geminiAnswerSchema, type GeminiSchema } from './schema.ts'

/** What an answer is made of. */
export const answerForms = ['boxes', 'points', 'masks', 'boxes3d', 'text'] as const
export type AnswerForm = (typeof answerForms)[number]

export interface Question {
  readonly form: AnswerForm
  /** What the person wants to know or find, in their own words. */
  readonly prompt: string
  /** Language of the labels; null: that of the prompt. */
  readonly language: string | null
  /** How the model draws outlines. */
  readonly outlines: OutlineKind
  /** Pictures that are asked about in one go. */
  readonly pictures: number
}

const pointRules = `Point to every instance of the following: {prompt}

Reply with a JSON list and nothing else: one entry for each instance.
"point" is [y, x]: integers from 0 to 1000, normalised to the height and width of the image.
"label" says in a few words what it is.
If there is none, reply with [].`

/** The nine numbers are those of Google's guide (google-gemini/cookbook, Spatial_understanding_3d.ipynb). */
const solidRules = `Detect the 3D bounding boxes of the following: {prompt}

Reply with a JSON list and nothing else: one entry for each instance, at most 20.
"label" says in a few words what it is.
"box_3d" is [x_center, y_center, z_center, x_size, y_size, z_size, roll, pitch, yaw]: metres in the frame of the camera, x to the right, y forward, z up; angles in degrees.
If there is none, reply with [].`

const numbered = `The images are numbered from 1 in the order in which they are given. "image" is the number of the image that the entry is about.`

/** The text that goes to the model beside the pictures. */
export function questionText({ form, prompt, language, outlines, pictures }: Question): string {
  if (form === 'text') return language === null ? prompt : `${prompt}\n\nAnswer in ${language}.`
  const further = [
    language === null
      ? 'Write every "label" in the language of the request.'
      : `Write every "label" in ${language}.`,
    ...(pictures > 1 ? [numbered] : []),
  ].join('\n')
  switch (form) {
    case 'points':
      return `${pointRules.replace('{prompt}', () => prompt)}\n\n${further}`
    case 'boxes3d':
      return `${solidRules.replace('{prompt}', () => prompt)}\n\n${further}`
    case 'boxes':
    case 'masks':
      return geminiOpenPromptText(
        { prompt, description: '' },
        further,
        form === 'masks' ? outlines : undefined,
      )
  }
}

const label: GeminiSchema = { type: 'STRING' }

const list = (properties: Readonly<Record<string, GeminiSchema>>): GeminiSchema => ({
  type: 'ARRAY',
  items: {
    type: 'OBJECT',
    properties,
    required: Object.keys(properties),
    propertyOrdering: Object.keys(properties),
  },
})

const numbers = (count: number, items: GeminiSchema): GeminiSchema => ({
  type: 'ARRAY',
  items,
  minItems: String(count),
  maxItems: String(count),
})

/** The shape that is enforced; null where none is: free text, and masks that are pictures. */
export function questionSchema({ form, outlines, pictures }: Question): GeminiSchema | null {
  const schema = schemaOf(form, outlines)
  const properties = schema?.items?.properties
  if (properties === undefined || pictures === 1) return schema
  return list({ image: { type: 'INTEGER', minimum: 1, maximum: pictures }, ...properties })
}

function schemaOf(form: AnswerForm, outlines: OutlineKind): GeminiSchema | null {
  switch (form) {
    case 'text':
      return null
    case 'boxes':
      return geminiAnswerSchema(null, undefined)
    case 'masks':
      return geminiAnswerSchema(null, outlines)
    case 'points':
      return list({ point: numbers(2, { type: 'INTEGER', minimum: 0, maximum: 1000 }), label })
    case 'boxes3d':
      return list({ label, box_3d: numbers(9, { type: 'NUMBER' }) })
  }
}
