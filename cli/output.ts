import { styleText } from 'node:util'

/** What a handler may say while it works. Everything but `result` goes to standard error. */
export interface Output {
  /** True when results are wanted as JSON on standard output. */
  readonly json: boolean
  /** True when a person sits in front of standard error: live lines and questions make sense. */
  readonly interactive: boolean
  /** Something was done or begins. */
  step(text: string): void
  /** Something worth knowing, less important than a step. */
  note(text: string): void
  warn(text: string): void
  /** One live line that replaces itself on a terminal; elsewhere at most one line in five seconds. */
  progress(text: string): void
  /** Ends the live line, leaving nothing of it on a terminal. */
  progressEnd(): void
  /** One value as a line of JSON on standard output; nothing without `--json`. */
  result(value: unknown): void
  /** One item of a streamed result on standard output: a line of JSON with `--json`, else the text for people. */
  item(value: unknown, text: string): void
}

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
}

const progressIntervalMs = 5_000
const clearLine = '\r\u001b[2K'

/** An {@link Output} on the given streams. Colour obeys NO_COLOR, FORCE_COLOR and whether standard error is a terminal. */
export function createOutput({ stdout, stderr }: OutputStreams, { json }: { json: boolean }): Output {
  const interactive = stderr.isTTY === true
  let live = false
  let lastProgress = 0

  const colour = (style: 'yellow' | 'dim' | 'cyan', text: string): string =>
    styleText(style, text, { stream: stderr, validateStream: true })
  const clear = (): void => {
    if (live) stderr.write(clearLine)
    live = false
  }
  const line = (text: string): void => {
    clear()
    stderr.write(`${text}\n`)
  }

  return {
    json,
    interactive,
    step: (text) => line(`${colour('cyan', '•')} ${text}`),
    note: (text) => line(colour('dim', `  ${text}`)),
    warn: (text) => line(`${colour('yellow', 'warning:')} ${text}`),
    progress: (text) => {
      if (interactive) {
        stderr.write(`${clearLine}${text.slice(0, (stderr.columns ?? 80) - 1)}`)
        live = true
        return
      }
      const now = performance.now()
      if (lastProgress !== 0 && now - lastProgress < progressIntervalMs) return
      lastProgress = now
      line(text)
    },
    progressEnd: () => {
      clear()
      lastProgress = 0
    },
    item: (value, text) => {
      clear()
      stdout.write(`${json ? JSON.stringify(value) : text}\n`)
    },
    result: (value) => {
      if (json) stdout.write(`${JSON.stringify(value)}\n`)
    },
  }
}
