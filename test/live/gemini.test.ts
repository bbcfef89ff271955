import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createDrafter } from '../../activities/adapters/gemini/drafter.ts'
import { readRecord } from '../../activities/store/records.ts'
import { worstCaseUsdOf } from '../../activities/teacher-prompt.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { listPriceOf } from '../../domain/teacher-prices.ts'
import { teacherOfUser } from '../../infra/stack/user-settings.ts'
import { addImage, draftingBench, keys } from '../fixtures/drafting/drafting-bench.ts'

/** `npm run test:live`: Gemini itself, with the key of the environment. What is paid for is one small question. */
const choice = teacherOfUser(process.env)
const found = choice?.kind === 'real' ? choice.teacher : null
const model = 'gemini-3.5-flash-lite'
const paidCalls = 1
const mostUsd = 0.01

const price = listPriceOf(model)
if (price === null) throw new Error(`${model} is not on the price list`)
const settings = {
  teacher: { model, price, thinking: 'minimal', mediaResolution: 'low', maxOutputTokens: 2048 },
}
const worstCaseUsd =
  paidCalls *
  worstCaseUsdOf(
    ProjectConfig.parse({ project: 'live', classes: [{ name: 'RBC' }, { name: 'WBC' }], ...settings }),
  )

const photograph = new URL('../../demo/blood-cells/images/', import.meta.url)

/** The teacher of the environment, with its key or another one. */
const drafterWith = (change: { readonly apiKey?: string } = {}) => {
  if (found === null) throw new Error('no key')
  return createDrafter({ ...found, ...change })
}

const title =
  found === null ? 'Gemini (skipped, no key: set GEMINI_API_KEY or GOOGLE_API_KEY)' : `Gemini, ${model}`

describe.skipIf(found === null)(title, () => {
  // Before anything is asked: a failure here fails every test of the block without a call.
  beforeAll(() => {
    expect(worstCaseUsd).toBeLessThan(mostUsd)
  })

  test('knows the model, for free', async () => {
    expect(await drafterWith().check(model)).toBe(model)
  })

  test('drafts a photograph of blood cells, for less than a cent', async () => {
    const bench = await draftingBench(drafterWith(), settings)
    const image = await addImage(bench.store, await readFile(new URL('BloodImage_00004.jpg', photograph)))
    const result = await bench.draft(image)
    expect(['ok', 'partial']).toContain(result.status)
    expect(result.boxes).toBeGreaterThan(5)
    expect(result.usd).toBeGreaterThan(0)
    expect(result.usd).toBeLessThan(mostUsd)
    const record = await readRecord(bench.store, keys.draft(bench.promptVersion, image), DraftRecord)
    expect(record?.teacher.modelVersion).not.toBeNull()
    for (const { xyxy } of record?.boxes ?? []) {
      expect(Math.min(...xyxy)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...xyxy)).toBeLessThanOrEqual(640)
    }
  })

  test('refuses a model that nobody knows, for free', async () => {
    await expect(drafterWith().check('gemini-0-unknown')).rejects.toMatchObject({ code: 'TeacherBadRequest' })
  })

  test.skipIf(found?.endpoint !== 'google')(
    'refuses a wrong key, and the error does not hold it',
    async () => {
      const wrong = ['AIza', 'Sy-wrong-000000000000000000000000'].join('')
      const error: unknown = await drafterWith({ apiKey: wrong })
        .check(model)
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'TeacherAuth' })
      expect(String(error)).not.toContain(wrong)
    },
  )
})
