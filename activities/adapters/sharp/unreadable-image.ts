import { AdapterError } from '../../errors/adapter-error.ts'

/** What sharp threw while reading a picture, as our error. */
export const unreadableImage = (error: unknown): AdapterError => {
  const message = error instanceof Error ? error.message : String(error)
  const { reason, hint } = explained(message)
  return new AdapterError('ImageUnreadable', `The picture cannot be read: ${reason}`, {
    retryable: false,
    hint,
    cause: error,
  })
}

/** Sharp's words where they are clear, ours where they speak of its insides. */
function explained(message: string): { readonly reason: string; readonly hint: string } {
  if (message.includes('pixel limit')) {
    return {
      // Sharp's own limit, 0x3FFF squared: decoded, that is 0.8 GB.
      reason: 'it has more than 268 million pixels, the most that is read',
      hint: 'Cut it into parts, or scale it down, and repeat.',
    }
  }
  const hint = 'Open it in a viewer, save it again as PNG or JPEG, and repeat.'
  return { reason: /(buffer|array) is empty/i.test(message) ? 'the file is empty' : message, hint }
}
