import type { ClassDescription } from './types.ts'

const rules = `Detect every object of the classes below in this image.

Reply with a JSON list and nothing else: one entry for each object.
"box_2d" is [ymin, xmin, ymax, xmax]: integers from 0 to 1000, normalised to the height and width of the image.
"label" is exactly one of the class names below.
Draw one tight box around each single object, also around small ones, ones that are partly hidden and ones that the border of the image cuts. Never draw one box around a group. Never list an object twice.
If there is no such object, reply with [].`

/**
 * The text that goes to Gemini beside the image. Every letter of it is part of the prompt version: changing it means that
 * all images are drafted and paid for anew. Aliases are left out: they only matter to how the reply is read.
 */
export function geminiPromptText(classes: readonly ClassDescription[], instruction: string): string {
  const list = classes.map(({ name, description }) =>
    description === '' ? `- ${name}` : `- ${name}: ${description.replaceAll(/\s+/g, ' ')}`,
  )
  const parts = [rules, `Classes:\n${list.join('\n')}`]
  if (instruction.trim() !== '') parts.push(instruction.trim())
  return parts.join('\n\n')
}
