import { randomUUID } from 'node:crypto'
import { picturesTooMany } from '../../domain/picture-lane.ts'
import type { DraftRequest } from '../roles/drafter.ts'
import type { TeacherFiles } from '../roles/teacher-files.ts'
import { untilReady } from './upload-until-ready.ts'

type Picture = Pick<DraftRequest, 'imageBytes' | 'mimeType' | 'fileUri'>

/**
 * Runs a question with those of its pictures uploaded that do not fit into the request. They are deleted when it ends, however
 * it ends; only a process that is killed leaves them, for two days at the most: a question needs no store to remember them in.
 */
export async function withUploads<T>(
  files: TeacherFiles | null,
  { pictures, signal }: { readonly pictures: readonly Picture[]; readonly signal: AbortSignal },
  send: (pictures: readonly Picture[]) => Promise<T>,
): Promise<T> {
  const places = picturesTooMany(pictures.map(({ imageBytes }) => imageBytes.length))
  if (files === null || places.size === 0) return send(pictures)
  const names: string[] = []
  try {
    const placed: Picture[] = []
    for (const [place, picture] of pictures.entries()) {
      if (!places.has(place)) {
        placed.push(picture)
        continue
      }
      const name = `understudy-${randomUUID().replaceAll('-', '').slice(0, 24)}`
      names.push(name)
      const seen = await files.upload({ ...picture, name })
      placed.push({ ...picture, fileUri: await untilReady(files, name, { signal, seen, missing: 'fail' }) })
    }
    return await send(placed)
  } finally {
    // What cannot be deleted expires; the question's own end is what the person hears of.
    await Promise.allSettled(names.map((name) => files.remove(name)))
  }
}
