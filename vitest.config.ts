import { defineConfig } from 'vitest/config'

/**
 * One project a tier (ARCHITECTURE.md, Tests). Forks only: the Temporal bridge crashes in worker threads. Tiers run one after
 * the other, quick ones first; `order` says when, because two whole stacks at once are too much for two cores.
 */
const tier = (name: string, order: number, overrides: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder: order }, ...overrides },
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
      tier('unit', 0, { testTimeout: 20_000 }),
      tier('replay', 0, { testTimeout: 60_000 }),
      tier('workflow', 1, { testTimeout: 60_000, globalSetup: temporalOnly }),
      tier('integration', 2, { testTimeout: 120_000, hookTimeout: 120_000, globalSetup: wholeStack }),
      tier('e2e', 3, { maxWorkers: 1, testTimeout: 600_000, hookTimeout: 120_000 }),
      // Two at a time: one of them mostly waits for Temporal to give lost calls up.
      tier('faults', 4, { testTimeout: 300_000, hookTimeout: 120_000 }),
      // Costs money, so `npm test` leaves it out: `npm run test:live` asks Gemini itself, with the key of the environment.
      tier('live', 6, {
        include: process.env.LIVE_TESTS === 'yes' ? ['test/live/**/*.test.ts'] : [],
        testTimeout: 150_000,
      }),
      // Not a tier of tests: `npm run record:histories` writes what the replay tests read.
      tier('record', 5, {
        include: process.env.RECORD_HISTORIES === 'yes' ? ['test/replay/**/*.record.ts'] : [],
        testTimeout: 120_000,
        globalSetup: temporalOnly,
      }),
    ],
  },
})
