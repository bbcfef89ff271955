import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../fixtures/architecture/source-files.ts'

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version?: string; resolved?: string; license?: string }>
}
const locked = (pattern: RegExp): [string, string][] =>
  Object.entries(lock.packages).flatMap(([path, { version }]) =>
    pattern.test(path) && version !== undefined ? [[path, version]] : [],
  )

describe('the packages of the project', () => {
  test('hold one version of everything of Temporal, named exactly', () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies }
    const named = Object.entries(wanted).filter(([name]) => name.startsWith('@temporalio/'))
    const installed = locked(/(^|\/)node_modules\/@temporalio\/[^/]+$/)
    expect(named.length).toBeGreaterThan(4)
    expect(installed.length).toBeGreaterThan(named.length)
    const versions = new Set([...named, ...installed].map(([, version]) => version))
    expect([...versions]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)])
  })

  test('hold one protobufjs 8, at the top, where every part of Temporal finds it', () => {
    const eights = locked(/(^|\/)node_modules\/protobufjs$/).filter(([, version]) => version.startsWith('8.'))
    expect(eights.map(([path]) => path)).toEqual(['node_modules/protobufjs'])
    expect(JSON.parse(read('node_modules/protobufjs/package.json'))).toMatchObject({
      version: eights[0]?.[1],
    })
  })

  test('are few at run time, each with its reason in a decision record', () => {
    // Fonts are data.
    const names = Object.keys(manifest.dependencies).filter((name) => !name.startsWith('@fontsource'))
    const reasons = read('docs/adr/0008-run-time-dependencies.md')
    expect(names.length).toBeLessThanOrEqual(24)
    const rows = [...reasons.matchAll(/^\| `([^`]+)` \| .*\| ([^|]+) \|$/gm)].map((row) => [row[1], row[2]])
    const installed = names.map((name) => [name, lock.packages[`node_modules/${name}`]?.license])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(installed))
    expect(reasons).toContain(`${names.length} today`)
  })

  test('are locked without naming a registry, so that each machine uses its own', () => {
    const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.includes('://'))
    expect(named.map(([path]) => path)).toEqual([])
  })

  test('are installed without fetching what inference here does not need', () => {
    expect(read('.npmrc')).toMatch(/^onnxruntime-node-install=skip$/m)
    expect(manifest).toMatchObject({ allowScripts: { node: true, 'onnxruntime-node': false } })
  })
})
