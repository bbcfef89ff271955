import type { OutlineKind } from '../../teacher-models.ts'

/** A JSON schema in the spelling of the Gemini API: upper-case types, counts as strings. */
export interface GeminiSchema {
  readonly type: 'ARRAY' | 'OBJECT' | 'INTEGER' | 'NUMBER' | 'STRING'
  readonly items?: GeminiSchema
  readonly minItems?: string
  readonly maxItems?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, GeminiSchema>>
  readonly required?: readonly string[]
  readonly propertyOrdering?: readonly string[]
}

const thousandths = { type: 'INTEGER', minimum: 0, maximum: 1000 } as const

/**
 * The shape that the API enforces: a list of `box_2d` and `label`, the label one of the class names. Integers have bounds
 * against number loops. The list has none: `maxOutputTokens` ends it, and a long list of a large enum may be refused.
 * Part of the prompt version.
 */
export const geminiDetectionSchema = (classes: readonly string[]): GeminiSchema =>
  listOf({ label: { type: 'STRING', enum: classes } })

/**
 * The schema for an answer with outlines, too: a list of points after the box, which the model draws better for having the
 * box. Null for masks: asked to fill a string, models write garbage into it (google-gemini/cookbook issue 798), and Google
 * documents masks without a schema. `classes` null: labels are free. Without `outlines`: boxes alone.
 */
export function geminiAnswerSchema(
  classes: readonly string[] | null,
  outlines: OutlineKind | undefined,
): GeminiSchema | null {
  if (outlines === 'masks') return null
  const label = { type: 'STRING' as const, ...(classes === null ? {} : { enum: classes }) }
  if (outlines === undefined) return listOf({ label })
  return listOf({
    label,
    polygon: {
      type: 'ARRAY',
      items: { type: 'ARRAY', items: thousandths, minItems: '2', maxItems: '2' },
      minItems: '3',
    },
  })
}

/** A list of objects with a `box_2d` first and then these, in this order. */
function listOf(properties: Readonly<Record<string, GeminiSchema>>): GeminiSchema {
  const names = ['box_2d', ...Object.keys(properties)]
  return {
    type: 'ARRAY',
    items: {
      type: 'OBJECT',
      properties: {
        box_2d: { type: 'ARRAY', items: thousandths, minItems: '4', maxItems: '4' },
        ...properties,
      },
      required: names,
      propertyOrdering: names,
    },
  }
}
