import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { simulatedKey } from '../../domain/schemas/worker-environment.ts'
import { UserError } from '../errors.ts'
import { configFileName, readProjectFile, type ProjectFile } from '../config-file.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

type Teacher = NonNullable<ConnectionSettings['teacher']>

/** Who answers, and the project whose ledger is written to. */
export interface FoundTeacher {
  readonly teacher: Teacher
  /** Null outside of a project. */
  readonly project: ProjectFile | null
  /** Null when no stack of the project runs: then nothing is written to a ledger. Holds secrets. */
  readonly settings: ConnectionSettings | null
  close(): Promise<void>
}

/**
 * The teacher for a question: the simulator when it is asked for, else that of the project's running stack, else the key of
 * the environment. Never the simulator unasked.
 * @throws UserError TeacherKeyMissing
 */
export async function findTeacher(
  folder: string,
  { simulate, truth }: { readonly simulate: boolean; readonly truth: readonly string[] },
): Promise<FoundTeacher> {
  const project = existsSync(join(folder, configFileName)) ? await readProjectFile(folder) : null
  const settings = project === null ? null : await settingsOf(folder)
  const found = { project, settings, close: async () => {} }
  if (simulate) return { ...found, settings: null, ...(await startSimulator(truth)) }
  if (settings !== null && settings.teacher !== null) return { ...found, teacher: settings.teacher }
  const { teacherOfUser } = await import('../../infra/stack/user-settings.ts')
  const choice = teacherOfUser(process.env)
  if (choice?.kind !== 'real') throw keyMissing()
  return { ...found, teacher: choice.teacher }
}

/** Null when nothing of the stack runs. */
async function settingsOf(folder: string): Promise<ConnectionSettings | null> {
  const { readConnectionSettings } = await import('../../infra/stack/connection-settings.ts')
  try {
    return await readConnectionSettings(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'StackDown') return null
    throw error
  }
}

/** The simulator in this process, for as long as the command runs. */
async function startSimulator(truth: readonly string[]): Promise<Pick<FoundTeacher, 'teacher' | 'close'>> {
  const { loadTruth } = await import('../../infra/gemini-simulator/truth.ts')
  const { startGeminiSimulator } = await import('../../infra/gemini-simulator/server.ts')
  const { demoTruth } = await import('../../infra/stack/stack-plan.ts')
  const simulator = await startGeminiSimulator({
    port: 0,
    truth: await loadTruth(truth.length === 0 ? [demoTruth] : truth),
    profile: 'default',
    seed: '0',
    latencyMs: 0,
  })
  return {
    teacher: {
      endpoint: 'simulated',
      baseUrl: simulator.url,
      apiKey: simulatedKey,
      keySource: 'simulator',
    },
    close: () => simulator.close(),
  }
}

const keyMissing = (): UserError =>
  new UserError({
    code: 'TeacherKeyMissing',
    what: 'There is nobody to ask.',
    why: 'Neither GEMINI_API_KEY nor GOOGLE_API_KEY is set, and the simulated teacher was not asked for.',
    fix: 'Set a key, or use --simulate for pictures of the demo.',
  })
