/** A JSON schema in the spelling of the Gemini API: upper-case types, counts as strings. */
export interface GeminiSchema {
  readonly type: 'ARRAY' | 'OBJECT' | 'INTEGER' | 'STRING'
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

/**
 * The shape that the API enforces: a list of `box_2d` and `label`, the label one of the class names. Integers have bounds
 * against number loops. The list has none: `maxOutputTokens` ends it, and a long list of a large enum may be refused.
 * Part of the prompt version.
 */
export const geminiDetectionSchema = (classes: readonly string[]): GeminiSchema => ({
  type: 'ARRAY',
  items: {
    type: 'OBJECT',
    properties: {
      box_2d: {
        type: 'ARRAY',
        items: { type: 'INTEGER', minimum: 0, maximum: 1000 },
        minItems: '4',
        maxItems: '4',
      },
      label: { type: 'STRING', enum: classes },
    },
    required: ['box_2d', 'label'],
    propertyOrdering: ['box_2d', 'label'],
  },
})
