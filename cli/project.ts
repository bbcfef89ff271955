import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { readProjectFile, type ProjectFile } from './config-file.ts'

export interface Project extends ProjectFile {
  readonly name: string
  /** Holds secrets: never print it. */
  readonly settings: ConnectionSettings
}

/**
 * The project of a folder and how to reach its services.
 * @throws UserError BadConfig, StackError StackDown
 */
export async function openProject(folder: string): Promise<Project> {
  const file = await readProjectFile(folder)
  const { readConnectionSettings } = await import('../infra/stack/connection-settings.ts')
  return { ...file, name: file.config.project, settings: await readConnectionSettings(folder) }
}
