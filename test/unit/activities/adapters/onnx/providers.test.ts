import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listSupportedBackends } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDetector } from '../../../../../activities/adapters/onnx/detector.ts'
import { openModel } from '../../../../../activities/adapters/onnx/open-model.ts'
import type { DetectionResult } from '../../../../../activities/roles/detector.ts'
import { inferenceProviders, type InferenceProvider } from '../../../../../domain/contracts/inference.ts'
import { colouredPicture } from '../../../../fixtures/coloured-picture.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../fixtures/models/${name}`, import.meta.url))
const settings = { confidence: 0.5, iou: 0.7, maxDetections: 300 }
let folder = ''
let picture: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-providers-'))
  picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const known = listSupportedBackends().map(({ name }) => name)
/** Not built for this system: these are certain to be missing, whatever devices it has. */
const missing = inferenceProviders.filter((name) => name !== 'cpu' && !known.includes(name))

async function lookWith(
  provider: InferenceProvider,
  model: string,
): Promise<{ results: DetectionResult[]; told: string[] }> {
  const told: string[] = []
  const detector = createDetector({
    threads: 2,
    provider,
    tell: (kind, text) => told.push(`${kind}: ${text}`),
  })
  const results: DetectionResult[] = []
  try {
    const images = ['a', 'b', 'c', 'd'].map((id) => ({ id, source: picture }))
    for await (const result of detector.detect(model, images, settings)) results.push(result)
    for await (const result of detector.detect(model, images.slice(0, 1), settings)) results.push(result)
  } finally {
    await detector.close()
  }
  return { results, told }
}

it.each(missing)(
  '%s, which this build does not have, is replaced by the CPU with one warning',
  async (provider) => {
    const { results, told } = await lookWith(provider, fixture('red-blue.onnx'))
    expect(told).toEqual([
      `warning: The CPU computes instead of ${provider}: ONNX Runtime for ${process.platform} on ${process.arch} comes without ${provider}.`,
    ])
    expect(results).toHaveLength(5)
    for (const result of results) expect(result).toMatchObject({ ok: true, boxes: [{ class: 'red' }] })
  },
)

/** Whether their devices are here, only trying shows. */
const built = inferenceProviders.filter((name) => name !== 'cpu' && known.includes(name))

it.each(built)(
  '%s computes, or the CPU does and the reason is said',
  async (provider) => {
    const model = await openModel(fixture('red-blue.onnx'), { provider, threads: 1 })
    model.input.fill(0.5)
    await expect(model.run()).resolves.toBeDefined()
    if (model.fellBack !== null)
      expect(model.fellBack).toMatch(new RegExp(`^${provider} cannot be used: .{20,}`))
    await model.close()
  },
  60_000,
)

it.each(inferenceProviders)(
  'a model that is at fault fails with %s as it does on the CPU',
  async (provider) => {
    const broken = join(folder, 'graph.onnx')
    await writeFile(broken, Buffer.from([0x08, 0x09, 0x3a, 0x00]))
    const computing = { provider, threads: 1 }
    await expect(openModel(broken, computing)).rejects.toMatchObject({ code: 'ModelUnreadable' })
    await expect(openModel(fixture('red-blue-opset-99.onnx'), computing)).rejects.toMatchObject({
      code: 'ModelUnreadable',
      message: expect.stringContaining('opset 99'),
    })
  },
)
