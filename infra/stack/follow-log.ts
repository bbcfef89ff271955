import { open, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 250
const newline = 10

/** Calls `onLine` for every whole line that is appended to a log from now on, across its rotation, until aborted. */
export async function followLog(
  path: string,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let offset = (await stat(path).catch(() => null))?.size ?? 0
  while (!signal.aborted) {
    await delay(pollMs, undefined, { signal }).catch(() => {})
    const size = (await stat(path).catch(() => null))?.size ?? 0
    // Put aside and begun anew.
    if (size < offset) offset = 0
    if (size === offset) continue
    const added = await readBetween(path, offset, size)
    const whole = added.subarray(0, added.lastIndexOf(newline) + 1)
    offset += whole.length
    if (whole.length > 0)
      whole
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .forEach((line) => onLine(line))
  }
}

async function readBetween(path: string, from: number, to: number): Promise<Buffer> {
  await using file = await open(path, 'r')
  const buffer = Buffer.alloc(to - from)
  await file.read(buffer, 0, buffer.length, from)
  return buffer
}
