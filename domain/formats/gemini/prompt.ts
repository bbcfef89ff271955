import type { OutlineKind } from '../../teacher-models.ts'
import type { ClassDescription } from './types.ts'

const rules = `Detect every object of the classes below in this image.

Reply with a JSON list and nothing else: one entry for each object.
"box_2d" is [ymin, xmin, ymax, xmax]: integers from 0 to 1000, normalised to the height and width of the image.
"label" is exactly one of the class names below.
Draw one tight box around each single object, also around small ones, ones that are partly hidden and ones that the border of the image cuts. Never draw one box around a group. Never list an object twice.
If there is no such object, reply with [].`

const outlineRules: Readonly<Record<OutlineKind, string>> = {
  polygons: `"polygon" is the outline of the object: a list of [x, y] points around its visible part, x first, integers from 0 to 1000 normalised to the width and height of the image, at most 40 points. It lies inside "box_2d".`,
  masks: `"mask" is the segmentation mask of the object inside "box_2d", as a base64 encoded PNG with a probability from 0 to 255 for each pixel. Output a JSON list of segmentation masks.`,
}

/**
 * The text that goes to Gemini beside the image. Every letter of it is part of the prompt version: changing it means that
 * all images are drafted and paid for anew. Aliases are left out: they only matter to how the reply is read.
 */
export function geminiPromptText(
  classes: readonly ClassDescription[],
  instruction: string,
  outlines?: OutlineKind,
): string {
  const list = classes.map(({ name, description }) =>
    description === '' ? `- ${name}` : `- ${name}: ${description.replaceAll(/\s+/g, ' ')}`,
  )
  const parts = [...rulesFor(outlines), `Classes:\n${list.join('\n')}`]
  if (instruction.trim() !== '') parts.push(instruction.trim())
  return parts.join('\n\n')
}

/**
 * The text for one class that is described in open words, such as "workers without a helmet": whatever the model names what
 * it found, it is of that class. Part of the prompt version.
 */
export function geminiOpenPromptText(
  { prompt, description }: { readonly prompt: string; readonly description: string },
  instruction: string,
  outlines?: OutlineKind,
): string {
  const about = description === '' ? [] : [`What is meant: ${description.replaceAll(/\s+/g, ' ')}`]
  const further = instruction.trim() === '' ? [] : [instruction.trim()]
  return [openRules.replace('{prompt}', () => prompt), ...shapeRules(outlines), ...about, ...further].join(
    '\n\n',
  )
}

const openRules = `Detect every instance of the following in this image: {prompt}

Reply with a JSON list and nothing else: one entry for each instance.
"box_2d" is [ymin, xmin, ymax, xmax]: integers from 0 to 1000, normalised to the height and width of the image.
"label" says in a few words what it is.
Draw one tight box around each single instance, also around small ones, ones that are partly hidden and ones that the border of the image cuts. Leave out what fits the words in part only. Never draw one box around a group. Never list an instance twice.
If there is none, reply with [].`

const rulesFor = (outlines: OutlineKind | undefined): readonly string[] => [rules, ...shapeRules(outlines)]

const shapeRules = (outlines: OutlineKind | undefined): readonly string[] =>
  outlines === undefined ? [] : [outlineRules[outlines]]
