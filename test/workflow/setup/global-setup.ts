import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { bundleWorkflowCode } from '@temporalio/worker'
import type { TestProject } from 'vitest/node'
import { searchAttributes } from '../../../domain/contracts/search-attributes.ts'
import { ensureToolchain } from '../../../infra/toolchain/ensure-toolchain.ts'

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string
    workflowBundle: string
  }
}

/** One real Temporal server and one workflow bundle for all workflow tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const signal = new AbortController().signal
  const { temporal } = await ensureToolchain({
    only: ['temporal'],
    signal,
    onProgress: ({ tool, text }) => process.stderr.write(`${tool}: ${text}\n`),
  })
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: temporal },
      extraArgs: Object.entries(searchAttributes).flatMap(([name, type]) => [
        '--search-attribute',
        `${name}=${type}`,
      ]),
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'understudy-workflow-tests-'))
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url)),
    logger: { trace() {}, debug() {}, info() {}, log() {}, warn: console.warn, error: console.error },
  })
  const codePath = join(folder, 'workflows.js')
  await writeFile(codePath, bundle.code)
  project.provide('temporalAddress', environment.address)
  project.provide('workflowBundle', codePath)
  return async () => {
    await environment.teardown()
    await rm(folder, { recursive: true })
  }
}
