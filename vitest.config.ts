import { defineConfig } from 'vitest/config'

/** One project a tier (ARCHITECTURE.md, Tests). Forks only: the Temporal bridge crashes in worker threads. */
const tier = (name: string, overrides: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...overrides },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      tier('unit', { testTimeout: 20_000 }),
      tier('replay', { testTimeout: 60_000 }),
      tier('workflow', { testTimeout: 60_000, globalSetup: 'test/workflow/setup/global-setup.ts' }),
    ],
  },
})
