import { readFile } from 'node:fs/promises'
import pMap from 'p-map'
import { expect, test } from 'vitest'
import { estimateDrafts } from '../../../activities/estimate-drafts.ts'
import { addImage, draftingBench } from '../../fixtures/drafting/drafting-bench.ts'
import { startSimulatorBench } from './simulator-bench.ts'

test("comes within a tenth of the simulator's bill for the demo set, before anything was measured", async () => {
  const simulator = await startSimulatorBench()
  const bench = await draftingBench(simulator.drafter())
  try {
    const { images } = simulator.truth
    const stored = await pMap(images, async ({ file }) => addImage(bench.store, await readFile(file)))
    const estimate = await estimateDrafts(bench.store, bench.config, 'simulated', { limit: null })
    expect(estimate).toMatchObject({ calls: images.length, measuredOn: 0 })
    const bills = await pMap(stored, async (image) => (await bench.draft(image)).usd, { concurrency: 4 })
    const bill = bills.reduce((sum, usd) => sum + usd, 0)
    expect(Math.abs(estimate.usd / bill - 1)).toBeLessThan(0.1)
  } finally {
    await simulator.close()
  }
})
