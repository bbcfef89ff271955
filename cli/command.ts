import { resolve } from 'node:path'
import { Command } from 'commander'
import type { z } from 'zod'
import { errorAsJson, errorAsText, explain } from './errors.ts'
import { createOutput, type Output } from './output.ts'
import { collectSecrets, redact } from './redact.ts'

export interface HandlerContext {
  readonly output: Output
  /** Aborts on the first Ctrl-C. A second one ends the process at once. */
  readonly signal: AbortSignal
  /** Absolute path of the project's folder (`--folder`). */
  readonly folder: string
}

export interface Action<Options, Result> {
  /** Options and positional arguments together, by their long names in camel case. */
  readonly options: z.ZodType<Options>
  /** Does the work and returns what there is to tell; `undefined` when everything was streamed. Never prints. */
  readonly handler: (options: Options, context: HandlerContext) => Promise<Result>
  readonly render: (result: Result) => string
  /** 0 when left out. */
  readonly exitCode?: (result: Result) => 0 | 1
}

/** Time a handler has to leave things in order after Ctrl-C, milliseconds. */
const interruptGraceMs = 10_000

/** Turns a verb's parts into a commander action: parses, runs, prints, and sets the process's exit code (0, 1 or 130). */
export function action<Options, Result>(definition: Action<Options, Result>) {
  return async (...commanderArguments: unknown[]): Promise<void> => {
    const command = commanderArguments.at(-1)
    if (!(command instanceof Command)) throw new Error('action() expects to be called by commander')
    const { json, folder } = globalOptions(command)
    const controller = new AbortController()
    const release = listenForInterrupt(controller)
    const output = createOutput(process, { json })
    try {
      const options = definition.options.parse({ ...positional(command), ...command.opts() })
      const result = await definition.handler(options, { output, signal: controller.signal, folder })
      output.progressEnd()
      print(result, definition.render, output)
      process.exitCode = controller.signal.aborted ? 130 : (definition.exitCode?.(result) ?? 0)
    } catch (error) {
      output.progressEnd()
      process.exitCode = controller.signal.aborted ? 130 : 1
      if (controller.signal.aborted) output.warn('Interrupted.')
      else reportError(error, { json, folder })
    } finally {
      release()
    }
  }
}

function print<Result>(result: Result, render: (result: Result) => string, output: Output): void {
  if (result === undefined) return
  if (output.json) return output.result(result)
  const text = render(result)
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Writes an error to standard error, with every known secret taken out. */
export function reportError(error: unknown, { json, folder }: { json: boolean; folder: string }): void {
  const fields = explain(error)
  const text = json ? errorAsJson(fields) : errorAsText(fields, process.stderr)
  const stack = process.env.UNDERSTUDY_DEBUG && error instanceof Error ? `\n${error.stack ?? ''}` : ''
  process.stderr.write(`${redact(json ? text : text + stack, collectSecrets(process.env, folder))}\n`)
}

/** `--json` and `--folder`, wherever on the line they stood. */
function globalOptions(command: Command): { json: boolean; folder: string } {
  const { json, folder } = command.optsWithGlobals<{ json?: boolean; folder?: string }>()
  return { json: json === true, folder: resolve(folder ?? '.') }
}

function positional(command: Command): Record<string, unknown> {
  const names = command.registeredArguments.map((argument) => camelCase(argument.name()))
  return Object.fromEntries(names.map((name, index) => [name, command.processedArgs[index]]))
}

const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

function listenForInterrupt(controller: AbortController): () => void {
  let timer: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    timer = setTimeout(() => process.exit(130), interruptGraceMs)
    timer.unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt)
  return () => {
    clearTimeout(timer)
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupt)
  }
}
