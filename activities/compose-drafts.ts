import type { DraftPick } from '../domain/contracts/activities.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { annotateImage } from './adapters/sharp/annotate-image.ts'
import { contactSheet } from './adapters/sharp/contact-sheet.ts'
import { draftedPictures, pickedDrafts, type DraftedPicture } from './drafted-pictures.ts'

export type { DraftedPicture }

/** What `draft` and `preview` show of a project's drafts. */
export const composeDrafts = (settings: ConnectionSettings['store']) => {
  const store = createObjectStore(settings)
  return {
    drafted: (ref: { readonly project: string; readonly promptVersion: string }) =>
      draftedPictures(store, ref),
    draftsOf: (ref: { readonly project: string; readonly promptVersion: string }, pick: DraftPick) =>
      pickedDrafts(store, ref, pick),
    annotate: annotateImage,
    contactSheet,
  }
}
