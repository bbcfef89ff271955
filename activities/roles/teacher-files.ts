import type { DraftRequest, TeacherIdentity } from './drafter.ts'

export interface FileToUpload extends Pick<DraftRequest, 'imageBytes' | 'mimeType'> {
  /** Up to 40 lower-case letters, digits and dashes; never used before. */
  readonly name: string
}

/** What is known of an uploaded file; null for one that is not there. */
export type FileSight =
  | { readonly state: 'processing' }
  | { readonly state: 'ready'; readonly uri: string }
  | { readonly state: 'failed'; readonly reason: string }

/** The vendor's disk for pictures, from which they are gone after two days at the latest. Failures are `AdapterError`s with a Teacher… code. */
export interface TeacherFiles {
  readonly endpoint: TeacherIdentity['endpoint']
  /** Resolves when the bytes are there, which is not yet when the file can be used. */
  upload(file: FileToUpload): Promise<FileSight>
  look(name: string): Promise<FileSight | null>
  /** A file that is not there is left alone. */
  remove(name: string): Promise<void>
}
