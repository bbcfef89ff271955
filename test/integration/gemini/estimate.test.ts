import { readFile } from 'node:fs/promises'
import pMap from 'p-map'
import { expect, test } from 'vitest'
import { estimateDrafts } from '../../../activities/estimate-drafts.ts'
import { addImage, draftingBench } from '../../fixtures/drafting/drafting-bench.ts'
import { startSimulatorBench } from './simulator-bench.ts'

test.each<[string, Record<string, unknown>, number]>([
  ['boxes', {}, 0.1],
  ['outlines as points', { task: 'segment' }, 0.1],
  [
    'outlines as masks',
    { task: 'segment', teacher: { model: 'gemini-2.5-flash-lite', maxOutputTokens: 65_536 } },
    0.2,
  ],
])(
  "comes close to the simulator's bill for %s of the demo set, before anything was measured",
  async (_, change, share) => {
    const simulator = await startSimulatorBench()
    const bench = await draftingBench(simulator.drafter(), change)
    try {
      // Decoding masks takes its time: every fourth picture stands for all.
      const images = simulator.truth.images.filter((_image, index) => share <= 0.1 || index % 4 === 0)
      const stored = await pMap(images, async ({ file }) => addImage(bench.store, await readFile(file)))
      const estimate = await estimateDrafts(bench.store, bench.config, 'simulated', { limit: null })
      expect(estimate).toMatchObject({ calls: images.length, measuredOn: 0 })
      const bills = await pMap(stored, async (image) => (await bench.draft(image)).usd, { concurrency: 4 })
      const bill = bills.reduce((sum, usd) => sum + usd, 0)
      expect(Math.abs(estimate.usd / bill - 1)).toBeLessThan(share)
    } finally {
      await simulator.close()
    }
  },
)
