import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { pictureSize } from './adapters/sharp/picture-size.ts'
import { sideBySide } from './adapters/sharp/side-by-side.ts'
import { draftedAnswers, reviewedAnswers, storedPictures } from './stored-box-sets.ts'

export { pictureSize, sideBySide }

/** What `compare` reads of a project. */
export const composeStoredAnswers = (settings: ConnectionSettings['store'], project: string) => {
  const store = createObjectStore(settings)
  return {
    pictures: () => storedPictures(store, project),
    drafts: () => draftedAnswers(store, project),
    reviews: () => reviewedAnswers(store, project),
  }
}
