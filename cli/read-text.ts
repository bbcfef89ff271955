import { readFile } from 'node:fs/promises'

/**
 * A text file in whatever encoding it is: as its byte order mark or XML declaration says, else UTF-8, else Windows-1252,
 * which reads any bytes. A byte order mark is no part of the text.
 */
export const readText = async (path: string): Promise<string> => decodeText(await readFile(path))

export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, 200))
  const declared = /^<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(start)?.[1]
  try {
    return new TextDecoder(declared ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
