import { describe, expect, test } from 'vitest'
import { forbiddenImports } from '../fixtures/architecture/import-rules.ts'
import { isBarrel, readImports } from '../fixtures/architecture/read-imports.ts'
import { sourceFiles } from '../fixtures/architecture/source-files.ts'

const product = sourceFiles('domain', 'workflows', 'activities', 'worker', 'infra', 'cli')
const tests = sourceFiles('test')
const lines = (text: string): number => text.trimEnd().split('\n').length

describe('the rooms of the project', () => {
  test('import only what their direction allows', () => {
    expect(product.flatMap(forbiddenImports)).toEqual([])
  })

  test('hold every room that the rules speak of', () => {
    const rooms = new Set(product.map(({ path }) => path.split('/')[0]))
    expect(rooms).toEqual(new Set(['activities', 'cli', 'domain', 'infra', 'worker', 'workflows']))
  })

  test('have no barrels but the entry of the workflows', () => {
    const barrels = product.filter(({ text }) => isBarrel(text)).map(({ path }) => path)
    expect(barrels).toEqual(['workflows/index.ts'])
  })

  test('have named exports only', () => {
    const withDefault = [...product, ...tests].filter(({ text }) => /^export default\b/m.test(text))
    expect(withDefault.map(({ path }) => path)).toEqual([])
  })

  test('have no room for what has no name', () => {
    const vague = product.filter(({ path }) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.ts$)/.test(path))
    expect(vague.map(({ path }) => path)).toEqual([])
  })

  test('keep files short: at most 400 lines, 500 in tests, and half of them under 90', () => {
    const long = [
      ...product.filter(({ text }) => lines(text) > 400),
      ...tests.filter(({ text }) => lines(text) > 500),
    ]
    expect(long.map(({ path, text }) => `${path}: ${lines(text)} lines`)).toEqual([])
    const sizes = product.map(({ text }) => lines(text)).toSorted((a, b) => a - b)
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(90)
  })
})

describe('the import rules', () => {
  test.each([
    ['domain with a clock of Node', 'domain/box.ts', `import { hrtime } from 'node:process'`],
    ['domain with zod outside its schemas', 'domain/box.ts', `import { z } from 'zod'`],
    [
      'domain that knows an adapter',
      'domain/match.ts',
      `import type { Detector } from '../activities/roles/detector.ts'`,
    ],
    [
      'a workflow with the types of an activity',
      'workflows/train.ts',
      `import type { A } from '../activities/training.ts'`,
    ],
    [
      'a workflow with a schema',
      'workflows/train.ts',
      `import { ProjectConfig } from '../domain/schemas/project-config.ts'`,
    ],
    [
      'a workflow step with the file system',
      'workflows/steps/draft.ts',
      `import { readFile } from 'node:fs/promises'`,
    ],
    ['a workflow with the client', 'workflows/cycle.ts', `import { Client } from '@temporalio/client'`],
    [
      'an activity that starts a stack',
      'activities/training.ts',
      `import { startStack } from '../infra/stack/up.ts'`,
    ],
    [
      'an activity that prints',
      'activities/store/records.ts',
      `import { createOutput } from '../../cli/output.ts'`,
    ],
    [
      'infra that reaches for the store',
      'infra/stack/up.ts',
      `import { composeStore } from '../../activities/compose-project.ts'`,
    ],
    [
      'infra in the middle of a function',
      'infra/stack/up.ts',
      `  const { a } = await import('../../activities/compose.ts')`,
    ],
    ['a worker that knows the command line', 'worker/main.ts', `import { action } from '../cli/command.ts'`],
    [
      'a verb that loads activities at once',
      'cli/commands/cost.ts',
      `import { composeStore } from '../../activities/compose-project.ts'`,
    ],
    [
      'a verb that goes past compose',
      'cli/commands/cost.ts',
      `  const { a } = await import('../../activities/cost.ts')`,
    ],
    [
      'a verb with an adapter',
      'cli/commands/cost.ts',
      `import type { A } from '../../activities/adapters/minio/object-store.ts'`,
    ],
    [
      'a verb that runs a workflow',
      'cli/cycle/start-cycle.ts',
      `import { cycle } from '../../workflows/cycle.ts'`,
    ],
    ['a verb with the worker', 'cli/demo/run-demo.ts', `import { Worker } from '@temporalio/worker'`],
    [
      'a package of a vendor in another room',
      'activities/drafting.ts',
      `import { GoogleGenAI } from '@google/genai'`,
    ],
    [
      'a package of a vendor beside its folder',
      'activities/adapters/onnx/detector.ts',
      `import sharp from 'sharp'`,
    ],
    [
      'an import over several lines',
      'domain/box.ts',
      `import {\n  readFile,\n  writeFile,\n} from 'node:fs/promises'`,
    ],
    ['a re-export', 'domain/box.ts', `export { boxOf } from '../cli/table.ts'`],
    ['an import for its effect', 'domain/box.ts', `import '../infra/stack/up.ts'`],
    ['a type in the middle of a line', 'infra/stack/up.ts', `let a: import('../../cli/output.ts').Output`],
  ])('catch %s', (_, path, text) => {
    expect(forbiddenImports({ path, text })).toHaveLength(1)
  })

  test.each([
    ['a schema with zod', 'domain/schemas/records/image.ts', `import { z } from 'zod'`],
    [
      'a workflow with a contract',
      'workflows/cycle.ts',
      `import type { A } from '../domain/contracts/activities.ts'`,
    ],
    [
      'a verb that composes when it runs',
      'cli/commands/cost.ts',
      `  const { a } = await import('../../activities/compose-project.ts')`,
    ],
    [
      'a verb with the types of compose',
      'cli/commands/cost.ts',
      `import type { A } from '../../activities/compose-project.ts'`,
    ],
    [
      'a verb with the type of a workflow',
      'cli/cycle/start-cycle.ts',
      `import type { cycle } from '../../workflows/cycle.ts'`,
    ],
    [
      'a verb with messages',
      'cli/cycle/control-verbs.ts',
      `import { pauseUpdate } from '../../workflows/messages.ts'`,
    ],
    [
      "a vendor's package at home",
      'activities/adapters/onnx/detector.ts',
      `import { InferenceSession } from 'onnxruntime-node'`,
    ],
    ["the simulator's pictures", 'infra/gemini-simulator/pictures.ts', `import sharp from 'sharp'`],
    [
      'an import that is only spoken of',
      'domain/box.ts',
      `/**\n * import { a } from '../cli/table.ts'\n */\n// import '../cli/table.ts'`,
    ],
  ])('allow %s', (_, path, text) => {
    expect(forbiddenImports({ path, text })).toEqual([])
  })

  test('tell an import at run time from one of types', () => {
    expect(
      readImports(
        `const a = await import('./a.ts')\nconst b: typeof import('./b.ts') = c\ntype C = import('./c.ts').C\nconst d = import('./d.ts')`,
      ),
    ).toEqual([
      { from: './a.ts', typeOnly: false, dynamic: true },
      { from: './b.ts', typeOnly: true, dynamic: false },
      { from: './c.ts', typeOnly: true, dynamic: false },
      { from: './d.ts', typeOnly: false, dynamic: true },
    ])
  })

  test('know a file that only hands on', () => {
    expect(isBarrel(`/** All of it. */\nexport { a } from './a.ts'\nexport * from './b.ts'\n`)).toBe(true)
    expect(isBarrel(`export { a } from './a.ts'\nexport const b = 1\n`)).toBe(false)
  })
})
