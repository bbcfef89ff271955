import { z } from 'zod'
import type { StackHome } from '../home.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { programFile } from '../stack-plan.ts'
import type { Service } from './service.ts'

const Health = z.object({ simulator: z.literal(true) })

/** The stand-in for Gemini, answering from published labels. */
export function simulatorService(home: StackHome, port: number, truth: readonly string[]): Service {
  return {
    name: 'simulator',
    needs: [],
    ports: [port],
    readyWithinMs: 30_000,
    graceMs: 5_000,
    prepare: async () => {},
    launch: () => ({
      program: process.execPath,
      arguments: [
        programFile('infra/gemini-simulator/main.ts'),
        '--port',
        String(port),
        '--truth',
        truth.join(','),
      ],
      environment: childEnvironment(process.env, {}),
      folder: home.folder,
    }),
    probe: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) })
      Health.parse(await response.json())
    },
    settle: async () => {},
  }
}
