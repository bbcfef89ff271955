import type { TestProject } from 'vitest/node'
import { ensureBucket } from '../../../activities/adapters/minio/object-store.ts'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { ensureSecrets } from '../../../infra/stack/secrets.ts'
import { startTestStack } from '../../fixtures/stack/start-test-stack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the shared stack: Temporal, MinIO and Label Studio, no worker, no teacher. */
    settings: ConnectionSettings
    /** The `yolo` program of the trainer's own environment. */
    trainerProgram: string
    /** Account of the stack's Label Studio, for tests that drive its pages in a browser. */
    boardLogin: { email: string; password: string }
  }
}

/** One real stack for all integration tests; each file keeps to a project and a Label Studio project of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startTestStack({ onProgress: (text) => process.stderr.write(`${text}\n`) })
  await ensureBucket(stack.settings.store)
  project.provide('settings', stack.settings)
  project.provide('trainerProgram', stack.settings.trainer.program)
  const { email, password } = ensureSecrets(stack.home).board
  project.provide('boardLogin', { email, password })
  return () => stack.stop()
}
