import { describe, expect, it } from 'vitest'
import { draftValue } from '../../../activities/draft-value.ts'
import { judgedImages, pickedImages } from '../../../activities/picked-images.ts'
import { comparePrompts } from '../../../activities/prompt-figures.ts'
import { findPrompt, listPrompts } from '../../../activities/prompt-library.ts'
import { newestPromptVersion } from '../../../activities/reporting/project-counts.ts'
import { writeRecord } from '../../../activities/store/records.ts'
import { PromptTrial } from '../../../domain/schemas/records/draft.ts'
import { box, createPromptBench, id, project } from '../../fixtures/prompt-bench.ts'

const names = Array.from({ length: 24 }, (_, n) => `image ${n}`)
const truth = [box('cat', 0), box('dog', 200)]

/** B finds both objects everywhere, A the cat alone. */
async function twoPrompts() {
  const bench = createPromptBench()
  const [a, b] = [await bench.prompt(), await bench.prompt({ instruction: 'Look for dogs, too.' })]
  for (const name of names) {
    await bench.reviewed(name, truth)
    await bench.draft(a, name, [box('cat', 0)], { usd: 0.001, seconds: 2 })
    await bench.draft(b, name, truth, { usd: 0.003, seconds: 4 })
  }
  return { ...bench, a, b }
}

const all = { classes: ['cat', 'dog'], all: false, pick: null }

describe('comparing prompts', () => {
  it('scores both on the same images, with what each costs', async () => {
    const { store, a, b } = await twoPrompts()
    const found = await comparePrompts(store, project, { a, b, ...all })
    expect(found).toMatchObject({ images: 24, groups: 24, leftOut: 0 })
    expect(found.a.effort.f1.value).toBeCloseTo(2 / 3, 9)
    expect(found.b.effort.f1.value).toBe(1)
    expect(found.difference.f1).toMatchObject({
      value: expect.closeTo(1 / 3, 9),
      low: expect.closeTo(1 / 3, 9),
    })
    expect(found.difference.edits.value).toBe(-1)
    expect(found.difference.byClass).toMatchObject([
      { class: 'cat', boxes: 24, a: 1, b: 1, delta: { value: 0 } },
      { class: 'dog', boxes: 24, a: 0, b: 1, delta: { value: 1 } },
    ])
    expect(found.a).toMatchObject({ tokensPerImage: 1300, secondsPerImage: 2, precision: null })
    expect(found.b.usdPerImage).toBeCloseTo(0.003, 9)
  })

  it('leaves out what one of them has no usable draft of, and says so', async () => {
    const { store, draft, reviewed, a, b } = await twoPrompts()
    await reviewed('only a', truth)
    await draft(a, 'only a', truth)
    await reviewed('refused', truth)
    await draft(a, 'refused', truth)
    await draft(b, 'refused', [], { status: 'blocked' })
    const found = await comparePrompts(store, project, { a, b, ...all })
    expect(found).toMatchObject({ images: 24, leftOut: 2, a: { blocked: 0 }, b: { blocked: 1 } })
  })

  it('takes no image that was queued for the errors of a teacher, unless that is asked for', async () => {
    const { store, draft, reviewed, a, b } = await twoPrompts()
    await reviewed('routed', truth, { queued: 'ranked', shown: [box('cat', 0)] })
    for (const promptVersion of [a, b]) await draft(promptVersion, 'routed', [])
    expect(await comparePrompts(store, project, { a, b, ...all })).toMatchObject({ images: 24 })
    expect(await comparePrompts(store, project, { a, b, ...all, all: true })).toMatchObject({ images: 25 })
  })

  it('gives a mAP only where every box has a score', async () => {
    const { store, prompt, draft, b } = await twoPrompts()
    const sampled = await prompt({ samples: 3 })
    for (const name of names) await draft(sampled, name, [box('cat', 0, 1), box('dog', 200, 2 / 3)])
    const found = await comparePrompts(store, project, { a: sampled, b, ...all })
    expect(found.a.precision?.map50.value).toBeCloseTo(1, 6)
    expect(found.b.precision).toBeNull()
  })

  it('scores no class that only one of them knows', async () => {
    const { store, a, b } = await twoPrompts()
    const found = await comparePrompts(store, project, { a, b, ...all, classes: ['cat'] })
    expect(found.a.effort.f1.value).toBe(1)
    expect(found.difference.f1.value).toBe(0)
  })
})

describe('a choice of images', () => {
  it('is the same for the same seed whatever is drafted, and another for another seed', async () => {
    const { store, a } = await twoPrompts()
    const pick = { among: 'judged', count: 6, seed: '0' } as const
    const first = await pickedImages(store, project, pick)
    expect(first).toHaveLength(6)
    expect(await pickedImages(store, project, { ...pick, among: 'all', draftedUnder: a })).toEqual(first)
    expect(await pickedImages(store, project, { ...pick, seed: '1' })).not.toEqual(first)
    expect((await pickedImages(store, project, { ...pick, count: 12 })).slice(0, 6)).toEqual(first)
    expect(first).not.toEqual([...(await judgedImages(store, project, { all: false })).keys()].slice(0, 6))
  })

  it('holds only what a version has drafted where that is asked for', async () => {
    const { store, reviewed, a } = await twoPrompts()
    for (let n = 0; n < 30; n += 1) await reviewed(`undrafted ${n}`, truth)
    const picked = await pickedImages(store, project, {
      among: 'judged',
      count: 40,
      seed: '0',
      draftedUnder: a,
    })
    expect(picked.toSorted()).toEqual(names.map(id).toSorted())
  })
})

describe('the list of prompts', () => {
  it('tells what each was asked, drafted and paid', async () => {
    const { store, a, b } = await twoPrompts()
    const list = await listPrompts(store, project)
    expect(list.map(({ record }) => record.promptVersion).toSorted()).toEqual([a, b].toSorted())
    expect(list.find(({ record }) => record.promptVersion === b)).toMatchObject({
      record: { instruction: 'Look for dogs, too.' },
      drafts: 24,
      calls: 24,
      tokens: 24 * 1300,
      trial: false,
      firstDay: '2026-11-21',
      usd: expect.closeTo(0.072, 9),
    })
  })

  it('finds one by the beginning of its hash, and says when that is none or not enough', async () => {
    const { store, a } = await twoPrompts()
    expect(await findPrompt(store, project, a.slice(0, 8))).toMatchObject({ promptVersion: a })
    await expect(findPrompt(store, project, 'xyz')).rejects.toMatchObject({ code: 'NotFound' })
    await expect(findPrompt(store, project, '')).rejects.toMatchObject({ code: 'NotFound' })
  })

  it('takes no version for the newest that was only tried out', async () => {
    const { store, keys, prompt, draft, a, b } = await twoPrompts()
    const trial = await prompt({ model: 'gemini-3.5-flash' })
    await draft(trial, names[0] ?? '', truth)
    await writeRecord(store, keys.promptTrial(trial), PromptTrial, { v: 1, cycle: 2 })
    await writeRecord(store, keys.promptTrial(b), PromptTrial, { v: 1, cycle: 2 })
    expect(await newestPromptVersion(store, project)).toBe(a)
  })
})

it('says what a drafted image and an accepted box cost, the drafts of unreviewed images apart', async () => {
  const { store, prompt, draft, reviewed } = createPromptBench()
  const promptVersion = await prompt()
  await draft(promptVersion, 'unreviewed', truth, { usd: 0.01 })
  const shown = [box('cat', 0), box('dog', 400)]
  await reviewed('reviewed', truth, { shown })
  await draft(promptVersion, 'reviewed', shown, { usd: 0.004 })
  expect(await draftValue(store, project)).toEqual({
    images: { count: 2, usd: expect.closeTo(0.014, 9), simulatedUsd: 0 },
    acceptedBoxes: { count: 1, usd: 0.004, simulatedUsd: 0 },
    reviewedImages: 1,
  })
})
