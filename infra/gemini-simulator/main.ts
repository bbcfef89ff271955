import { parseArgs } from 'node:util'
import { z } from 'zod'
import { isProfileName, profiles } from './profiles.ts'
import { startGeminiSimulator } from './server.ts'
import { loadTruth } from './truth.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    truth: { type: 'string' },
    seed: { type: 'string', default: '0' },
    'latency-ms': { type: 'string', default: '0' },
    profile: { type: 'string', default: 'default' },
  },
})

const options = z
  .object({
    port: z.coerce.number('--port N').int().min(0).max(65_535),
    truth: z.string('--truth FILE.coco.json[,FILE…]').transform((files) => files.split(',')),
    seed: z.string(),
    'latency-ms': z.coerce.number().int().min(0),
    profile: z.string().refine(isProfileName, `one of ${Object.keys(profiles).join(', ')}`),
  })
  .safeParse(values)

if (!options.success) {
  process.stderr.write(`${z.prettifyError(options.error)}\n`)
  process.exit(1)
}

const { port, seed, profile, 'latency-ms': latencyMs, truth: files } = options.data
const truth = await loadTruth(files)
const simulator = await startGeminiSimulator({ port, seed, profile, latencyMs, truth })
process.stdout.write(
  `simulated Gemini at ${simulator.url}, ${truth.images.length} images, profile ${profile}\n`,
)

const stop = async (): Promise<void> => {
  await simulator.close()
  process.exit(0)
}
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
