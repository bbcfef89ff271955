import { storeKeys } from '../../domain/contracts/store-keys.ts'
import type { ProjectRef } from '../../domain/contracts/activities.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { hashOf } from '../content-hash.ts'
import { requireRecord, writeRecordOnce } from './records.ts'

/** The configuration a cycle runs with, as it was when the cycle started. */
export const loadConfig = async (
  store: ObjectStore,
  { project, configHash }: ProjectRef,
): Promise<ProjectConfig> => requireRecord(store, storeKeys(project).config(configHash), ProjectConfig)

/** Keeps a configuration under its hash and returns the hash: what workflows are given instead of the values. */
export async function saveConfig(store: ObjectStore, config: ProjectConfig): Promise<string> {
  const hash = hashOf(config)
  await writeRecordOnce(store, storeKeys(config.project).config(hash), ProjectConfig, config)
  return hash
}
