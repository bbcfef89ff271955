import { defineConfig } from 'vitest/config'

/** One project a tier (ARCHITECTURE.md, Tests). Forks only: the Temporal bridge crashes in worker threads. */
const tier = (name: string, overrides: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...overrides },
})

const temporalOnly = 'test/workflow/setup/global-setup.ts'
const wholeStack = 'test/integration/setup/global-setup.ts'

/** For `.ci/run`, which counts from the runner's own result. */
const resultsFile = process.env.UNDERSTUDY_TEST_RESULTS

export default defineConfig({
  test: {
    reporters: resultsFile === undefined ? ['default'] : ['default', ['json', { outputFile: resultsFile }]],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      tier('unit', { testTimeout: 20_000 }),
      tier('replay', { testTimeout: 60_000 }),
      tier('workflow', { testTimeout: 60_000, globalSetup: temporalOnly }),
      tier('integration', { testTimeout: 120_000, hookTimeout: 120_000, globalSetup: wholeStack }),
      tier('e2e', { testTimeout: 600_000, hookTimeout: 120_000 }),
      tier('faults', { testTimeout: 300_000, hookTimeout: 120_000 }),
      // Not a tier of tests: `npm run record:histories` writes what the replay tests read.
      tier('record', {
        include: process.env.RECORD_HISTORIES === 'yes' ? ['test/replay/**/*.record.ts'] : [],
        testTimeout: 120_000,
        globalSetup: temporalOnly,
      }),
    ],
  },
})
