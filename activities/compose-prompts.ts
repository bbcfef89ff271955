import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import {
  comparePrompts,
  type PromptComparison,
  type PromptFigures,
  type PromptMatch,
} from './prompt-figures.ts'
import { findPrompt, listPrompts, type StoredPrompt } from './prompt-library.ts'
import { judgedImages } from './picked-images.ts'
import { newestPromptVersion } from './reporting/project-counts.ts'
import type { TeacherIdentity } from './roles/drafter.ts'
import { draftedImages } from './store/drafts.ts'
import { promptRecordOf } from './teacher-prompt.ts'

export type { PromptComparison, PromptFigures, StoredPrompt }

/** What `prompts` reads of a project. */
export const composePrompts = (settings: ConnectionSettings['store'], project: string) => {
  const store = createObjectStore(settings)
  return {
    list: () => listPrompts(store, project),
    find: (prefix: string) => findPrompt(store, project, prefix),
    /** The version that newest drafts were made under, those of trials apart. */
    newest: () => newestPromptVersion(store, project),
    /** Reviewed images that several versions have drafts of. */
    async draftedByAll(
      promptVersions: readonly string[],
      { all }: { readonly all: boolean },
    ): Promise<number> {
      let images = [...(await judgedImages(store, project, { all })).keys()]
      for (const promptVersion of promptVersions) {
        const drafted = await draftedImages(store, { project, promptVersion })
        images = images.filter((image) => drafted.has(image))
      }
      return images.length
    },
    compare: (match: PromptMatch) => comparePrompts(store, project, match),
  }
}

/** The prompt version that a config asks under. */
export const promptOf = (config: ProjectConfig, endpoint: TeacherIdentity['endpoint']) =>
  promptRecordOf(config, { vendor: 'gemini', endpoint })
