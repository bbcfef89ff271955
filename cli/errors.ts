import { styleText } from 'node:util'
import { z } from 'zod'
import { errorCodes, type ErrorCode } from '../domain/contracts/error-codes.ts'

export interface UserErrorFields {
  readonly code: ErrorCode
  /** What failed: one sentence. */
  readonly what: string
  /** Why it failed: what was expected and what came. */
  readonly why: string
  /** What to do about it: imperative. */
  readonly fix: string
}

/** A failure that a person can act on. */
export class UserError extends Error implements UserErrorFields {
  override readonly name = 'UserError'
  readonly code: ErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor({ code, what, why, fix, cause }: UserErrorFields & { readonly cause?: unknown }) {
    super(`${what} ${why}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.why = why
    this.fix = fix
  }
}

const code = z.enum(errorCodes)
/** UserError and infra's StackError, recognised by shape so that neither needs the other. */
const Explained = z.object({ code, what: z.string(), why: z.string(), fix: z.string() })
const Adapter = z.object({
  name: z.literal('AdapterError'),
  code,
  message: z.string(),
  hint: z.string().nullable(),
})
const Validation = z.object({
  name: z.enum(['ZodError', '$ZodError']),
  issues: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
})
/** An activity's or workflow's failure as Temporal hands it over: `type` is our code. */
const Failure = z.object({ name: z.literal('ApplicationFailure'), type: code, message: z.string() })
/** What Node says of a file; a program that cannot be started has a path too. */
const FileFailure = z.object({
  code: z.string(),
  syscall: z.string().refine((name) => !name.startsWith('spawn')),
  path: z.string(),
})
/** gRPC's own numbers. */
const Unavailable = z.object({ code: z.literal(14) })
const Late = z.union([
  z.object({ code: z.literal(4) }),
  z.object({ name: z.literal('WorkflowUpdateRPCTimeoutOrCancelledError') }),
])

/** Any thrown value as what, why and fix. Unknown errors become `Internal`: a defect of ours, said so. */
export function explain(error: unknown): UserErrorFields {
  const explained = Explained.safeParse(error)
  if (explained.success) return explained.data

  const adapter = Adapter.safeParse(error)
  if (adapter.success) {
    const { code, message, hint } = adapter.data
    return { code, what: message, why: '', fix: hint ?? fixFor(code) }
  }
  const validation = Validation.safeParse(error)
  if (validation.success) {
    const why = validation.data.issues.map(({ path, message }) => optionIssue(path, message)).join('; ')
    return {
      code: 'BadInput',
      what: 'The command was given a wrong value.',
      why,
      fix: 'See the same command with --help.',
    }
  }
  return explainTemporal(error) ?? explainFile(error) ?? internal(error)
}

function explainTemporal(error: unknown): UserErrorFields | null {
  for (const step of chain(error)) {
    const failure = Failure.safeParse(step)
    if (failure.success) {
      const { type, message } = failure.data
      return { code: type, what: message, why: '', fix: fixFor(type) }
    }
  }
  if (error instanceof Error && error.name === 'WorkflowUpdateFailedError') {
    return {
      code: 'BadInput',
      what: 'The cycle did not take that.',
      why: messageOf(error.cause),
      fix: 'See what it does with `understudy cycle status`.',
    }
  }
  if (chain(error).some((step) => Late.safeParse(step).success)) {
    return {
      code: 'StackDown',
      what: 'No worker answers.',
      why: 'Temporal took the message, but the workflow has not acted on it in time.',
      fix: 'See `understudy status` and `understudy logs worker`.',
    }
  }
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') {
    return {
      code: 'CycleNotRunning',
      what: 'No cycle is running.',
      why: 'Temporal knows no running workflow of that id.',
      fix: 'Start one with `understudy cycle start`.',
    }
  }
  if (chain(error).some((step) => Unavailable.safeParse(step).success)) {
    return {
      code: 'StackDown',
      what: 'Temporal cannot be reached.',
      why: messageOf(error),
      fix: 'Start the stack with `understudy up`, or check TEMPORAL_ADDRESS.',
    }
  }
  return null
}

const fileFailures: Readonly<Record<string, string>> = {
  ENOENT: 'It, or the folder it should lie in, is not there.',
  ENOTDIR: 'A part of the path is a file where a folder is needed.',
  EISDIR: 'It is a folder where a file is needed.',
  EACCES: 'You may not read or write there.',
  EPERM: 'You may not read or write there.',
  EROFS: 'The disk can only be read.',
  ENOSPC: 'The disk is full.',
}

function explainFile(error: unknown): UserErrorFields | null {
  const { data } = FileFailure.safeParse(error)
  const why = data === undefined ? undefined : fileFailures[data.code]
  if (data === undefined || why === undefined) return null
  return {
    code: 'BadInput',
    what: `${data.path} cannot be used.`,
    why: `${why} (${data.code})`,
    fix: 'Correct the path, or make what is missing, and run the command again.',
  }
}

const internal = (error: unknown): UserErrorFields => ({
  code: 'Internal',
  what: 'understudy failed in a way it does not know.',
  why: messageOf(error),
  fix: 'Run it again with UNDERSTUDY_DEBUG=1 to see where, and report it: this is a defect.',
})

const fixes: Partial<Record<ErrorCode, string>> = {
  StoreUnavailable: 'See `understudy status`; start the stack with `understudy up`.',
  BoardUnavailable: 'See `understudy status`; start the stack with `understudy up`.',
  StackDown: 'Start the stack with `understudy up`.',
  TeacherKeyMissing: 'Set GEMINI_API_KEY, or start with --simulate to use the simulated teacher.',
}

const fixFor = (code: ErrorCode): string =>
  fixes[code] ?? 'See `understudy doctor` for the state of every part.'

const optionIssue = (path: readonly (string | number)[], message: string): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`

function chain(error: unknown): unknown[] {
  const steps: unknown[] = []
  for (let step = error; step instanceof Error && steps.length < 10; step = step.cause) steps.push(step)
  return steps
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** For `--json`: one object on standard error. */
export const errorAsJson = (fields: UserErrorFields): string =>
  JSON.stringify({ error: { code: fields.code, what: fields.what, why: fields.why, fix: fields.fix } })

/** For people: what failed, why, and what to do. */
export function errorAsText(fields: UserErrorFields, stream: NodeJS.WritableStream): string {
  const mark = styleText('red', 'error:', { stream, validateStream: true })
  const lines = [`${mark} ${fields.what}`, ...indented(fields.why)]
  return [...lines, ...(fields.fix === '' ? [] : indented(`To do: ${fields.fix}`))].join('\n')
}

const indented = (text: string): string[] => (text === '' ? [] : text.split('\n').map((line) => `  ${line}`))
