import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const tailBytes = 512_000

/** The last `lines` lines of a log, read from its end; none when there is no such file. */
export function readLogTail(path: string, lines: number): string[] {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return []
  }
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return lines === 0 ? [] : buffer.toString('utf8').trimEnd().split('\n').slice(-lines)
  } finally {
    closeSync(file)
  }
}
