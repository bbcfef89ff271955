import { stripVTControlCharacters } from 'node:util'

import type { ToolchainProgress } from './tools.ts'

export interface ProgressLine {
  /** Remembers the newest detail (a line of output), shown once with the next reminder. */
  readonly detail: (line: string) => void
  readonly stop: () => void
}

const reminderMilliseconds = 5_000
const longestDetail = 90

/**
 * Says `text` at once and then, every 5 s until stopped, again with the seconds that have passed and the newest
 * detail since the last time: something slow never looks hung.
 */
export function startProgress(
  tool: string,
  text: string,
  onProgress: (event: ToolchainProgress) => void,
): ProgressLine {
  const startedAt = performance.now()
  let newest = ''
  onProgress({ tool, text })
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    onProgress({ tool, text: `${text} (${seconds} s)${newest === '' ? '' : `: ${newest}`}` })
    newest = ''
  }, reminderMilliseconds)
  return {
    detail(line) {
      const plain = stripVTControlCharacters(line).trim()
      if (plain !== '')
        newest = plain.length > longestDetail ? `${plain.slice(0, longestDetail - 1)}…` : plain
    },
    stop: () => clearInterval(timer),
  }
}
