import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { preparePromotion, prepareRollback, type ChampionChange } from './changing-champion.ts'
import { readModelPackage, type ModelPackage } from './model-package.ts'
import { listModels, showModel, type ModelDetails, type RegisteredModel } from './model-registry.ts'

export type { ChampionChange, ModelDetails, ModelPackage, RegisteredModel }

/** What `model` asks of the store. Names of models are `champion`, a hash or the first digits of one. */
export interface ModelRegistry {
  list(): Promise<RegisteredModel[]>
  show(name: string): Promise<ModelDetails>
  promotion(name: string, classes: readonly string[]): Promise<ChampionChange>
  rollback(classes: readonly string[]): Promise<ChampionChange>
  package(name: string): Promise<ModelPackage>
}

export function composeModels(settings: ConnectionSettings['store'], project: string): ModelRegistry {
  const store = createObjectStore(settings)
  return {
    list: () => listModels(store, project),
    show: (name) => showModel(store, project, name),
    promotion: (name, classes) => preparePromotion(store, { project, name, classes }),
    rollback: (classes) => prepareRollback(store, { project, classes }),
    package: (name) => readModelPackage(store, project, name),
  }
}
