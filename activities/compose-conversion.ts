import { readResponse } from './adapters/gemini/reply.ts'
import { pictureSize } from './adapters/sharp/picture-size.ts'

/** What `convert` needs of the adapters; nothing is called and no stack is needed. */
export const composeConversion = () => ({ sizeOf: pictureSize, readResponse })
