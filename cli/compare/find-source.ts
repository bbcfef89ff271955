import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Source } from './box-set.ts'

/** Eight digits tell models apart; fewer are more likely a mistyped file name. */
const modelName = /^(champion|[0-9a-f]{8,64})$/

/**
 * What a word of the command line stands for: `teacher`, `reviews`, a model, a folder of YOLO files, or a file by what is
 * in it.
 * @throws UserError NotFound, BadInput
 */
export async function findSource(word: string): Promise<Source> {
  if (word === 'teacher') return { kind: 'drafts', name: word }
  if (word === 'reviews') return { kind: 'reviews', name: word }
  const found = await stat(word).catch(() => null)
  if (found?.isDirectory() === true) return { kind: 'yolo', name: word }
  if (found === null) {
    if (modelName.test(word)) return { kind: 'model', name: word }
    throw new UserError({
      code: 'NotFound',
      what: `There is no ${word} to compare.`,
      why: 'It is neither a file nor a folder, nor `teacher`, `reviews`, `champion` or the hash of a model.',
      fix: 'See `understudy compare --help` for what can be compared.',
    })
  }
  if (word.endsWith('.onnx')) return { kind: 'model', name: word }
  const text = await readFile(word, 'utf8')
  return { kind: kindOfText(word, text), name: word, text }
}

function kindOfText(name: string, text: string): 'coco' | 'lines' {
  const value = jsonOrNull(text)
  if (Array.isArray(value)) {
    throw new UserError({
      code: 'BadInput',
      what: `${name} is a list of COCO results.`,
      why: 'It names neither pictures nor classes, only their numbers in a file that is not here.',
      fix: 'Give a COCO file with images, categories and annotations; annotations may have scores.',
    })
  }
  if (typeof value === 'object' && value !== null) return 'image' in value ? 'lines' : 'coco'
  const [first = ''] = text.trimStart().split('\n')
  if (typeof jsonOrNull(first) === 'object' && first !== '') return 'lines'
  throw new UserError({
    code: 'BadInput',
    what: `${name} holds no boxes that can be read.`,
    why: 'It is neither a COCO file nor lines of JSON as `understudy predict --json` prints them.',
    fix: 'See `understudy compare --help` for what can be compared.',
  })
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
