import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

import { execa } from 'execa'

import { toolEnvironment } from './tool-environment.ts'

export interface FoundProgram<Answer> {
  readonly program: string
  readonly answer: Answer
}

/**
 * The first program of that name on PATH whose output `accept` takes. Each is really run: a version manager's shim may
 * stand on PATH and refuse.
 */
export async function findProgram<Answer>(
  name: string,
  versionArguments: readonly string[],
  accept: (output: string) => Answer | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<FoundProgram<Answer> | undefined> {
  for (const program of await programsOnPath(name, environment['PATH'] ?? '')) {
    const output = await outputOf(program, versionArguments, environment)
    const answer = output === undefined ? undefined : accept(output)
    if (answer !== undefined) return { program, answer }
  }
  return undefined
}

/** Absolute paths of the executable files of that name, in PATH's order. */
export async function programsOnPath(name: string, path: string): Promise<string[]> {
  const candidates = [...new Set(path.split(delimiter).filter(isAbsolute))].map((folder) =>
    join(folder, name),
  )
  const executable = await Promise.all(candidates.map(isExecutable))
  return candidates.filter((_, index) => executable[index] === true)
}

/** True for an existing executable file, links followed. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** What a program prints when it ends well within 20 s, else undefined. */
export async function outputOf(
  program: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const result = await execa(program, parameters, {
    all: true,
    env: toolEnvironment(environment),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 20_000,
  })
  return result.failed ? undefined : result.all
}
