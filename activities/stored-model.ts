import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ChampionRecord } from '../domain/schemas/records/model.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord } from './store/records.ts'

/**
 * The hash of the model a person means: `champion`, or a hash or the first digits of one.
 * @throws AdapterError NotFound when there is none, BadInput when the digits fit several
 */
export async function findModel(store: ObjectStore, project: string, name: string): Promise<string> {
  const keys = storeKeys(project)
  if (name === 'champion') {
    const champion = await readRecord(store, keys.champion, ChampionRecord)
    if (champion !== null) return champion.model
    throw new AdapterError('NotFound', `Project ${project} has no champion yet.`, {
      retryable: false,
      hint: 'The first cycle that trains makes one: `understudy cycle start`.',
    })
  }
  const found = new Set<string>()
  for await (const key of store.list(`${keys.models}${name}`)) {
    const [hash = '', file] = key.slice(keys.models.length).split('/')
    if (file === 'model.json') found.add(hash)
  }
  const [model, ...others] = found
  if (model === undefined) {
    throw new AdapterError('NotFound', `Project ${project} has no model ${name}.`, {
      retryable: false,
      hint: '`understudy model list` names them all.',
    })
  }
  if (others.length === 0) return model
  throw new AdapterError('BadInput', `${found.size} models of project ${project} begin with ${name}.`, {
    retryable: false,
    hint: 'Give more digits of the hash.',
  })
}
