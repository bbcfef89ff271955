import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { readCocoLabels } from '../../domain/formats/coco-labels.ts'
import { PredictedLine } from '../../domain/schemas/box-files.ts'
import { CocoFile } from '../../domain/schemas/label-files.ts'
import { UserError } from '../errors.ts'
import type { AnsweredImage, BoxSet } from './box-set.ts'

/**
 * A COCO file's boxes. Its pictures are looked for beside it and in its folder `images`.
 * @throws UserError BadInput
 */
export async function readCocoSource(
  name: string,
  text: string,
  warn: (text: string) => void,
): Promise<BoxSet> {
  const { files, skipped } = readCocoLabels(parsed(CocoFile, JSON.parse(text), name))
  const [first] = skipped
  if (first !== undefined)
    warn(`${name}: ${skipped.length} remarks, the first: ${first.file}: ${first.reason}, ${first.detail}.`)
  const crowds = files.reduce((sum, { boxes }) => sum + boxes.filter(({ crowd }) => crowd === true).length, 0)
  if (crowds > 0)
    warn(
      `${name}: ${crowds} crowd regions; what the other finds inside of them counts neither for nor against it.`,
    )
  const folder = dirname(name)
  const found = files.map(async ({ file, size, boxes }): Promise<AnsweredImage> => {
    const picture = await firstFile([resolve(folder, file), resolve(folder, 'images', file)])
    return { names: [file], group: null, size, boxes, picture }
  })
  return { name, images: await Promise.all(found) }
}

/**
 * Lines as `predict --json` prints them, or one such value as `--save json` writes it.
 * @throws UserError BadInput, with the line
 */
export async function readLinesSource(name: string, text: string): Promise<BoxSet> {
  const whole = jsonOrNull(text)
  const values =
    whole === null ? text.split('\n').map((line) => (line.trim() === '' ? null : jsonOrNull(line))) : [whole]
  const lines = text.split('\n')
  const images = values.flatMap((value, index) => {
    if (value === null && (lines[index] ?? '').trim() === '') return []
    return [parsed(PredictedLine, value, `${name}, line ${index + 1}`)]
  })
  const found = images.map(async ({ image, width, height, boxes }): Promise<AnsweredImage> => {
    return {
      names: [image],
      group: null,
      size: { width, height },
      boxes,
      picture: await firstFile([resolve(image)]),
    }
  })
  return { name, images: await Promise.all(found) }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw badFile(where, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not as expected'}`)
}

const badFile = (where: string, why: string): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${where} cannot be read as boxes.`,
    why,
    fix: 'Export it again, or leave it out.',
  })

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if ((await stat(path).catch(() => null))?.isFile() === true) return path
  return null
}
