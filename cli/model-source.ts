import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { homeOf } from '../infra/stack/home.ts'
import { UserError } from './errors.ts'
import { openProject } from './project.ts'

/** Eight digits tell models apart; fewer are more likely a mistyped file name. */
const hashDigits = /^[0-9a-f]{8,64}$/

/**
 * Path of the ONNX file a person means by a file's name, by `champion`, or by a model's hash or its first digits. The last
 * two ask the store of the project in `folder` and keep the file under the project's home.
 */
export async function resolveModel(model: string, folder: string): Promise<string> {
  if (await isFile(model)) return model
  if (model !== 'champion' && !hashDigits.test(model)) {
    throw new UserError({
      code: 'NotFound',
      what: `There is no model ${model}.`,
      why: 'It is neither a file, nor the hash of a model (8 digits at least), nor `champion`.',
      fix: 'Give the path of an ONNX file, or a hash that `understudy model list` names.',
    })
  }
  const { name: project, settings } = await openProject(folder)
  const { fetchStoredModel } = await import('../activities/compose-local.ts')
  return fetchStoredModel(settings.store, join(homeOf(folder).folder, 'models'), { project, name: model })
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
