import { inlineRequestBytes } from '../../../domain/picture-lane.ts'
import { AdapterError } from '../../errors/adapter-error.ts'

export const tooLargeHint =
  'Send smaller pictures (teacher.imageSize, or fewer at once), or let them be uploaded: teacher.uploads other than never, and not on Vertex AI.'

/**
 * Looked at before anything is sent: a request that the vendor refuses for its size takes minutes on a slow line first.
 * @throws AdapterError TeacherRequestTooLarge
 */
export function refuseTooLarge(request: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(request))
  if (bytes <= inlineRequestBytes) return
  throw new AdapterError(
    'TeacherRequestTooLarge',
    `The request would be ${megabytes(bytes)} MB; expected at most ${megabytes(inlineRequestBytes)} MB.`,
    { retryable: false, hint: tooLargeHint },
  )
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
