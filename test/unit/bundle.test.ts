import { join } from 'node:path'
import { bundleWorkflowCode } from '@temporalio/worker'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../fixtures/architecture/source-files.ts'

const silent = { trace() {}, debug() {}, info() {}, log() {}, warn() {}, error: console.error }

async function modulesOf(path: string): Promise<{ bytes: number; modules: Set<string> }> {
  const workflowsPath = join(projectRoot, path)
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent })
  const modules = [...code.matchAll(/["'](\.\/[^"'\n]+\.(?:ts|js|cjs|mjs))["']:?/g)].map(
    ([, name = '']) => name,
  )
  return { bytes: Buffer.byteLength(code), modules: new Set(modules) }
}

const withZod = (modules: ReadonlySet<string>): string[] =>
  [...modules].filter((name) => /node_modules\/zod\/|domain\/schemas\//.test(name))

describe('the bundle of the workflows', () => {
  test('stays under 2 MB and knows no zod', { timeout: 60_000 }, async () => {
    const { bytes, modules } = await modulesOf('workflows/index.ts')
    expect([...modules]).toContain('./workflows/cycle.ts')
    expect(withZod(modules)).toEqual([])
    expect(bytes).toBeLessThan(2_000_000)
  })

  test('would show zod if a workflow imported a schema', { timeout: 60_000 }, async () => {
    const { modules } = await modulesOf('test/fixtures/architecture/programs/workflow-with-schema.ts')
    expect(withZod(modules)).not.toEqual([])
  })
})
