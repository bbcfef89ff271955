import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WorkerEnvironment, workerVariables } from '../../domain/schemas/worker-environment.ts'
import { projectRoot } from '../fixtures/architecture/source-files.ts'

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')
const lines = (path: string): number => read(path).trimEnd().split('\n').length

describe('the README', () => {
  test('holds the two commands a newcomer types', () => {
    expect(read('README.md')).toMatch(/^npm ci && npm run demo$/m)
    expect(read('README.md')).toMatch(/^npm ci && npm test$/m)
  })

  test('is short, and so are the other papers', () => {
    expect(lines('README.md')).toBeLessThanOrEqual(150)
    expect(lines('CONTRIBUTING.md')).toBeLessThanOrEqual(80)
    const records = globSync('docs/adr/*.md', { cwd: projectRoot })
    expect(records.length).toBeGreaterThanOrEqual(11)
    expect(records.filter((path) => lines(path) > 60)).toEqual([])
  })

  test('calls only verbs that exist', () => {
    const written = [...read('README.md').matchAll(/^```\n([\s\S]*?)^```|`([^`\n]+)`/gm)]
    const code = written.map(([, block, inline]) => block ?? inline).join('\n')
    const called = [...code.matchAll(/^(?:npx )?understudy ([a-z]+)/gm)].map(([, verb]) => verb)
    expect(called.length).toBeGreaterThan(4)
    const missing = called.filter((verb) => !existsSync(join(projectRoot, `cli/commands/${verb}.ts`)))
    expect(missing).toEqual([])
  })
})

describe('the papers', () => {
  const papers = globSync('{*.md,docs/**/*.md,demo/**/*.md}', { cwd: projectRoot })

  test.each(papers)('%s links only to files that are there', (paper) => {
    const links = [...read(paper).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      ([, link = '']) => link,
    )
    expect(links.filter((link) => !existsSync(join(projectRoot, dirname(paper), link)))).toEqual([])
  })

  test('are numbered: every decision has a number of its own, which its title repeats', () => {
    const records = globSync('docs/adr/*.md', { cwd: projectRoot })
    const numbers = records.map((path) => basename(path).slice(0, 4))
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
    const titles = records.map((path) => /^# 0*(\d+)\W/.exec(read(path))?.[1])
    expect(titles.map(Number)).toEqual(numbers.map(Number))
  })

  test('name only source files that are there', () => {
    const rooms = 'domain|workflows|activities|worker|infra|cli|test|docs|bin'
    const path = new RegExp('`((?:' + rooms + ')/[\\w./-]+\\.(?:ts|md|js))`', 'g')
    const named = papers.flatMap((paper) =>
      [...read(paper).matchAll(path)].map(([, file = '']) => `${paper}: ${file}`),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((entry) => !existsSync(join(projectRoot, entry.split(': ')[1] ?? '')))).toEqual([])
  })
})

describe('.env.example', () => {
  const text = read('.env.example')
  const names = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name)

  test('names every variable of a worker but the one only `up` sets', () => {
    const known = workerVariables.keyof().options.filter((name) => name !== 'UNDERSTUDY_READY_FILE')
    expect(names(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm).toSorted()).toEqual(known.toSorted())
  })

  test('is a complete environment as it stands', () => {
    const environment = Object.fromEntries(
      [...text.matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    )
    expect(WorkerEnvironment.safeParse(environment).error?.issues ?? []).toEqual([])
  })

  test('has no variable too many: without any of those set, the rest is refused', () => {
    const required = workerVariables
      .keyof()
      .options.filter((name) => !workerVariables.shape[name].safeParse(undefined).success)
    expect(names(/^([A-Z][A-Z0-9_]+)=/gm)).toEqual(expect.arrayContaining(required))
    for (const left of required) {
      const rest = Object.fromEntries(
        [...text.matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm)]
          .map(([, name = '', value = '']) => [name, value])
          .filter(([name]) => name !== left),
      )
      expect(WorkerEnvironment.safeParse(rest).success, left).toBe(false)
    }
  })
})
