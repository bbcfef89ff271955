import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

import { execa } from 'execa'

import { StackError } from '../stack-error.ts'
import { identify } from '../stack/process/process-identity.ts'
import { stopGroup } from '../stack/process/stop-group.ts'

import type { ProcessIdentity } from '../stack/process/process-identity.ts'

export interface LoggedCommand {
  readonly program: string
  readonly parameters: readonly string[]
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly logFile: string
  /** Ends the program and all it started. */
  readonly signal: AbortSignal
  /** How long the group may take to end after the polite signal. */
  readonly graceMilliseconds?: number
  readonly onLine?: (line: string) => void
  /** Told before anything else happens, so that a later process can end it should this one be killed. */
  readonly onStart?: (leader: ProcessIdentity) => void
}

export interface CommandOutcome {
  readonly succeeded: boolean
  /** How it ended, in words. */
  readonly ending: string
  /** The last lines of its output. */
  readonly tail: readonly string[]
}

const tailLines = 12

/**
 * Runs a program in a process group of its own, its output appended to the log file line by line. Answers how it ended;
 * throws Interrupted after the group is gone when `signal` was aborted.
 */
export async function runLogged(command: LoggedCommand): Promise<CommandOutcome> {
  const { program, parameters, environment, folder, logFile, signal, onLine, onStart } = command
  const { graceMilliseconds = 5_000 } = command
  throwIfInterrupted(signal)
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile, { flags: 'a' })
  log.write(`$ ${[program, ...parameters].join(' ')}\n`)
  const child = execa(program, parameters, {
    all: true,
    buffer: false,
    cwd: folder,
    detached: true,
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  const leader = child.pid === undefined ? null : identify(child.pid)
  if (leader !== null) onStart?.(leader)
  const stop = () => {
    if (leader !== null) void stopGroup(leader, graceMilliseconds)
  }
  signal.addEventListener('abort', stop, { once: true })
  const tail: string[] = []
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      log.write(`${line}\n`)
      onLine?.(line)
      if (line.trim() !== '') tail.push(line.trimEnd())
      if (tail.length > tailLines) tail.shift()
    }
  } catch {
    // A program that could not be started or was killed also ends its output with an error; its result says so below.
  }
  const result = await child
  signal.removeEventListener('abort', stop)
  log.end(`= ${result.failed ? (result.shortMessage ?? 'failed') : 'done'}\n`)
  await finished(log)
  if (signal.aborted && leader !== null) await stopGroup(leader, graceMilliseconds)
  throwIfInterrupted(signal)
  return { succeeded: !result.failed, ending: endingOf(result), tail }
}

interface Ending {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly shortMessage?: string | undefined
}

/** Throws the error of a person's interruption. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new StackError({
    code: 'Interrupted',
    what: 'The installation was interrupted.',
    why: 'What was finished is kept; what was half done has been removed.',
    fix: 'Run the same command again to go on.',
  })
}

function endingOf(result: Ending): string {
  if (result.exitCode !== undefined) return `exit code ${result.exitCode}`
  if (result.signal !== undefined) return `ended by ${result.signal}`
  return result.shortMessage ?? 'could not be started'
}
