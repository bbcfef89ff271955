import { env, InferenceSession, listSupportedBackends } from 'onnxruntime-node'
import type { InferenceProvider } from '../../../domain/contracts/inference.ts'

/** How a model is to be computed. */
export interface Computing {
  readonly provider: InferenceProvider
  /** Threads of one session. */
  readonly threads: number
}

export interface CreatedSession {
  readonly session: InferenceSession
  /** Why the wanted provider does not compute it, but the CPU does; null: all as wanted. */
  readonly fellBack: string | null
}

// What fails is thrown; standard error is the user's.
env.logLevel = 'fatal'

// Several sessions of one thread beat several threads in one as soon as anything else runs on the machine; spinning would
// eat the core that decoding needs.
const options = (providers: readonly string[], threads: number): InferenceSession.SessionOptions => ({
  executionProviders: providers,
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
})

/**
 * A session on the wanted provider, or on the CPU with the reason. The CPU is the proof: what it cannot open either is the
 * model's fault, and its error is thrown as ONNX Runtime made it.
 */
export async function createSession(
  file: Uint8Array,
  { provider, threads }: Computing,
): Promise<CreatedSession> {
  const onCpu = (): Promise<InferenceSession> => InferenceSession.create(file, options(['cpu'], threads))
  if (provider === 'cpu') return { session: await onCpu(), fellBack: null }
  // Asked for one that it was not built with, the runtime takes the CPU and prints a line nobody can act on.
  if (!listSupportedBackends().some(({ name }) => name === provider)) {
    const fellBack = `ONNX Runtime for ${process.platform} on ${process.arch} comes without ${provider}`
    return { session: await onCpu(), fellBack }
  }
  try {
    const session = await InferenceSession.create(file, options([provider, 'cpu'], threads))
    return { session, fellBack: null }
  } catch (error) {
    const session = await onCpu()
    return { session, fellBack: providerComplaint(provider, error) }
  }
}

function providerComplaint(provider: InferenceProvider, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const plain = message
    .replace(/^.*::\S*\(.*?\) (?=\S)/s, '')
    .replace(/\s+/g, ' ')
    .trim()
  const why = `${provider} cannot be used: ${plain.replace(/\.$/, '')}`
  return provider === 'cuda' ? `${why} (docs/inference-speed.md says how to get its libraries)` : why
}
