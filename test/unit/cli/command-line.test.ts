import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-command-'))
})
afterAll(() => rm(folder, { recursive: true }))

const understudy = (words: readonly string[], env: Record<string, string | undefined> = {}) =>
  execa(process.execPath, [main, '-C', folder, ...words], { reject: false, stdin: 'ignore', env })

describe('the command line', () => {
  it('explains every verb with an example', { timeout: 60_000 }, async () => {
    const { stdout, exitCode } = await understudy(['--help'])
    expect(exitCode).toBe(0)
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2,})/gm)].map(([, verb]) => verb ?? '')
    expect(verbs).toEqual(
      expect.arrayContaining(['init', 'ingest', 'cycle', 'schedule', 'review', 'cost', 'report']),
    )
    const page = await readFile(join(root, 'docs', 'cli.md'), 'utf8')
    for (const verb of verbs) if (verb !== 'help') expect(page, verb).toContain(`| \`${verb}`)
    const groups = ['cycle', 'dataset', 'model', 'prompts', 'schedule']
    const helps = await Promise.all(
      verbs
        .filter((verb) => verb !== 'help')
        .map(async (verb) => [verb, await understudy([verb, '--help'])] as const),
    )
    for (const [verb, help] of helps) {
      expect(help.exitCode, verb).toBe(0)
      expect(help.stdout, verb).toContain(groups.includes(verb) ? 'Commands:' : 'Example')
    }
  })

  it('loads nothing heavy to print help', async () => {
    const { stdout } = await execa(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(reportLoadedPackages)}`,
      main,
      '--help',
    ])
    const loaded: string[] = JSON.parse(stdout.split('LOADED').at(-1) ?? '[]')
    expect(loaded).toContain('commander')
    for (const heavy of [
      '@temporalio/client',
      '@temporalio/workflow',
      '@google/genai',
      '@clack/prompts',
      'onnxruntime-node',
      'sharp',
      'minio',
      'execa',
    ]) {
      expect(loaded).not.toContain(heavy)
    }
  })

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect((await understudy(['--version'])).stdout).toBe(version)
  })

  it('guesses what was meant by a verb that does not exist', async () => {
    const { exitCode, stderr, stdout } = await understudy(['ingset'])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Did you mean ingest?')
  })

  it('gives errors as JSON on standard error when JSON is wanted, wherever the flag stands', async () => {
    for (const words of [
      ['--json', 'ingest'],
      ['ingest', '--json'],
      ['cost', '--json', '--colour'],
    ]) {
      const { exitCode, stdout, stderr } = await understudy(words)
      expect([exitCode, stdout]).toEqual([1, ''])
      expect(Object.keys(JSON.parse(stderr).error)).toEqual(['code', 'what', 'why', 'fix'])
    }
  })

  it('says that there is no project, and how to start one', async () => {
    const { exitCode, stderr } = await understudy(['cycle', 'status'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('holds no understudy project')
    expect(stderr).toContain('understudy init')
  })

  it('starts a project once and never overwrites it', async () => {
    const words = ['init', '--yes', '--project', 'blood', '--classes', 'rbc, wbc', '--json']
    const first = await understudy(words)
    expect(JSON.parse(first.stdout)).toEqual({
      path: join(folder, 'understudy.yaml'),
      project: 'blood',
      classes: ['rbc', 'wbc'],
    })
    const written = await readFile(join(folder, 'understudy.yaml'), 'utf8')
    await writeFile(join(folder, 'understudy.yaml'), `${written}# mine\n`)
    const second = await understudy(words)
    expect(JSON.parse(second.stderr).error).toMatchObject({ code: 'BadInput' })
    expect(await readFile(join(folder, 'understudy.yaml'), 'utf8')).toBe(`${written}# mine\n`)
  })

  it('asks nothing where nobody can answer, but names what is missing', async () => {
    const { exitCode, stderr } = await understudy(['init', '--project', 'blood'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('--classes is missing')
  })

  it('leaves secrets out of its errors', async () => {
    const { stderr } = await understudy(['AIza-canary-key'], { GEMINI_API_KEY: 'AIza-canary-key' })
    expect(stderr).toContain("unknown command '[redacted]'")
    expect(stderr).not.toContain('canary')
  })

  it('prints no colour when told not to', async () => {
    const coloured = await understudy(['ingset'], { FORCE_COLOR: '1', NO_COLOR: undefined })
    const plain = await understudy(['ingset'], { NO_COLOR: '1', FORCE_COLOR: undefined })
    expect(coloured.stderr).toContain('\u001b[')
    expect(plain.stderr).not.toContain('\u001b[')
  })
})

/** Run before the program: prints the packages that were loaded, by the paths that Node resolved. */
const reportLoadedPackages = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({
  load(url, context, next) {
    const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url)
    if (found) loaded.add(found[1])
    return next(url, context)
  },
})
process.on('exit', () => process.stdout.write('LOADED' + JSON.stringify([...loaded])))
`
