import { setTimeout as wait } from 'node:timers/promises'
import { AdapterError } from '../errors/adapter-error.ts'
import type { FileSight, TeacherFiles } from '../roles/teacher-files.ts'

/** Pictures can be used at once or after some seconds. Below the time of a call. */
const patienceMs = 30_000
const firstWaitMs = 100
const longestWaitMs = 2_000

/**
 * Address of a file once it can be used.
 * @param missing What to make of a file that is not there: `wait` for one that somebody else is uploading
 * @throws AdapterError TeacherFileGone, or TeacherBadRequest for a file that the vendor could not process
 */
export async function untilReady(
  files: TeacherFiles,
  name: string,
  { signal, seen, missing }: { signal: AbortSignal; seen: FileSight | null; missing: 'wait' | 'fail' },
): Promise<string> {
  const deadline = Date.now() + patienceMs
  let sight = seen
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    if (sight?.state === 'ready') return sight.uri
    if (sight?.state === 'failed') throw notProcessed(sight.reason)
    if ((sight === null && missing === 'fail') || Date.now() >= deadline) throw gone()
    await wait(waitMs, undefined, { signal })
    sight = await files.look(name)
  }
}

const notProcessed = (reason: string): AdapterError =>
  new AdapterError('TeacherBadRequest', `Gemini could not process an uploaded picture: ${reason}.`, {
    retryable: false,
    hint: 'The image is tried again in the next cycle; teacher.uploads: never sends pictures with the request.',
  })

const gone = (): AdapterError =>
  new AdapterError('TeacherFileGone', 'An uploaded picture did not become usable in time.', {
    retryable: true,
  })
