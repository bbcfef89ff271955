import { StackError } from '../stack-error.ts'

import type { CommandOutcome } from './run-logged.ts'

/** The error of an installing step that failed: how it ended, the tail of its output, and where the whole log is. */
export function installFailure(
  options: Readonly<{ tool: string; doing: string; outcome: CommandOutcome; logFile: string; fix: string }>,
): StackError {
  const { tool, doing, outcome, logFile, fix } = options
  const output =
    outcome.tail.length === 0 ? ' without any output' : ` after:\n  ${outcome.tail.join('\n  ')}\n`
  return new StackError({
    code: 'ToolchainFailed',
    what: `${tool} could not be installed.`,
    why: `${doing} failed (${outcome.ending})${output}`,
    fix: `${fix} The whole log: ${logFile}`,
  })
}
