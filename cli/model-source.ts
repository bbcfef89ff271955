import { stat } from 'node:fs/promises'
import { UserError } from './errors.ts'

/**
 * Path of the ONNX file a person means by FILE, HASH or `champion`. Only the last two ask the store.
 */
export async function resolveModel(model: string): Promise<string> {
  if (await isFile(model)) return model
  throw new UserError({
    code: 'NotFound',
    what: `There is no model ${model}.`,
    why: 'It is neither a file, nor the hash of a model, nor `champion`.',
    fix: 'Give the path of an ONNX file, or see `understudy model list`.',
  })
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
