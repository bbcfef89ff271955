import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createDrafter } from '../../../activities/adapters/gemini/drafter.ts'
import type { DraftRequest, Drafter } from '../../../activities/roles/drafter.ts'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { startGeminiSimulator } from '../../../infra/gemini-simulator/server.ts'
import type { FaultScript } from '../../../infra/gemini-simulator/fault-script.ts'
import type { CallCounts } from '../../../infra/gemini-simulator/calls.ts'
import type { ProfileName } from '../../../infra/gemini-simulator/profiles.ts'
import { loadTruth, type Truth, type TruthImage } from '../../../infra/gemini-simulator/truth.ts'

export const demoFolder = join(import.meta.dirname, '../../../demo/blood-cells')
export const classNames = ['RBC', 'WBC', 'Platelets']

/** A key that must never be seen again; put together, so that no scanner of sources takes it for a real one. */
export const canaryKey = ['AIza', 'Sy-canary-3141592653589793238462643'].join('')

const Calls = z.strictObject({ received: z.int(), paid: z.int(), paidImages: z.int(), inFlight: z.int() })

const Files = z.strictObject({
  uploaded: z.int(),
  deleted: z.int(),
  files: z.array(z.looseObject({ name: z.string(), state: z.string(), sizeBytes: z.string() })),
})

let loaded: Promise<Truth> | null = null
export const demoTruth = (): Promise<Truth> => (loaded ??= loadTruth([join(demoFolder, 'labels.coco.json')]))

export interface SimulatorBench {
  readonly url: string
  readonly truth: Truth
  /** The first demo image with its bytes. */
  readonly image: TruthImage
  readonly bytes: Uint8Array
  drafter(options?: { timeoutMs?: number; apiKey?: string }): Drafter
  request(change?: Partial<DraftRequest>, prompt?: Partial<DraftRequest['prompt']>): DraftRequest
  play(faults: FaultScript['faults']): Promise<void>
  calls(): Promise<CallCounts>
  /** The settings by which adapters reach it, with the canary as the key. */
  readonly teacher: NonNullable<ConnectionSettings['teacher']>
  /** What lies on its disk. */
  files(): Promise<z.infer<typeof Files>>
  reset(): Promise<void>
  close(): Promise<void>
}

/** The simulator on a free port, with the demo's labels, and the real SDK's adapter pointed at it. */
export async function startSimulatorBench(profile: ProfileName = 'default'): Promise<SimulatorBench> {
  const truth = await demoTruth()
  const [image] = truth.images
  if (image === undefined) throw new Error('The demo has no images.')
  const bytes = await readFile(image.file)
  const simulator = await startGeminiSimulator({ port: 0, truth, profile, seed: '0', latencyMs: 0 })
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${simulator.url}/_control/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  const teacher = {
    endpoint: 'simulated' as const,
    baseUrl: simulator.url,
    apiKey: canaryKey,
    keySource: 'GEMINI_API_KEY',
  }
  return {
    url: simulator.url,
    teacher,
    files: async () => Files.parse(await (await fetch(`${simulator.url}/_control/files`)).json()),
    truth,
    image,
    bytes,
    drafter: ({ timeoutMs = 10_000, apiKey = canaryKey } = {}) =>
      createDrafter({ ...teacher, apiKey }, { timeoutMs }),
    request: (change = {}, prompt = {}) => ({
      imageBytes: bytes,
      mimeType: 'image/jpeg',
      size: image.size,
      prompt: {
        text: 'Detect every cell.',
        classes: classNames,
        model: 'gemini-3.8-flash',
        thinking: 'low',
        maxOutputTokens: 8192,
        ...prompt,
      },
      ...change,
    }),
    play: (faults) => post('faults', { faults }),
    calls: async () => Calls.parse(await (await fetch(`${simulator.url}/_control/calls`)).json()),
    reset: () => post('reset', {}),
    close: () => simulator.close(),
  }
}

/** The error that a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}
