import { mkdir, readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import type { StackHome } from '../home.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { programFile } from '../stack-plan.ts'
import type { ServiceName } from '../stack-state.ts'
import type { Service } from './service.ts'

const Readiness = z.object({ ready: z.literal(true), pid: z.int() })

/** Serves the task queues; the only process that is given the Gemini key. */
export function workerService(
  home: StackHome,
  needs: readonly ServiceName[],
  settings: Readonly<Record<string, string>>,
): Service {
  return {
    name: 'worker',
    needs,
    ports: [],
    // Bundling the workflows on a busy machine takes a while.
    readyWithinMs: 120_000,
    // Room for running activities to be told and to report back.
    graceMs: 20_000,
    prepare: async () => {
      await mkdir(home.runsFolder, { recursive: true })
      await rm(home.workerReadyFile, { force: true })
    },
    launch: () => ({
      program: process.execPath,
      arguments: [programFile('worker/main.ts')],
      environment: childEnvironment(process.env, settings, 'worker'),
      folder: home.folder,
    }),
    probe: async (pid) => {
      const { pid: said } = Readiness.parse(JSON.parse(await readFile(home.workerReadyFile, 'utf8')))
      if (said !== pid) throw new Error(`the readiness of process ${said} was found, expected ${pid}`)
    },
    settle: async () => {},
  }
}
