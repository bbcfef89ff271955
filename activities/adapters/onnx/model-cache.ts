import type { ModelFile } from './messages.ts'
import { openModel, type OpenModel } from './open-model.ts'

/** Champion and challenger: more are not in use at once. */
const capacity = 2

/** Sessions of one thread, the least recently used closed first. Callers take turns, so none is closed in use. */
export function createModelCache() {
  const models = new Map<string, OpenModel>()

  return {
    async open(file: ModelFile): Promise<OpenModel> {
      const { provider, threads } = file.computing
      const key = `${file.path} ${file.version} ${provider} ${threads}`
      const model = models.get(key) ?? (await openModel(file.path, file.computing))
      models.delete(key)
      models.set(key, model)
      for (const [oldKey, old] of models) {
        if (models.size <= capacity) break
        models.delete(oldKey)
        await old.close()
      }
      return model
    },
    async close(): Promise<void> {
      for (const model of models.values()) await model.close()
      models.clear()
    },
  }
}
