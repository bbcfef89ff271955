import { AdapterError } from '../../errors/adapter-error.ts'

/** What sharp threw while reading a picture, as our error. */
export const unreadableImage = (error: unknown): AdapterError => {
  const reason = error instanceof Error ? error.message : String(error)
  return new AdapterError('ImageUnreadable', `The picture cannot be read: ${reason}`, {
    retryable: false,
    hint: 'Open it in a viewer, save it again as PNG or JPEG, and repeat.',
    cause: error,
  })
}
