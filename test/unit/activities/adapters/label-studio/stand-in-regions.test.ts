import { describe, expect, it } from 'vitest'
import {
  correctedRegions,
  PredictedRegion,
} from '../../../../../activities/adapters/label-studio/stand-in-regions.ts'
import { draftRegions } from '../../../../../domain/formats/label-studio.ts'
import type { LabelledBox } from '../../../../../domain/box.ts'
import { readAnswer } from '../../../../../domain/formats/label-studio-answer.ts'

const size = { width: 500, height: 400 }
const box = (name: string, ...xyxy: [number, number, number, number]): LabelledBox => ({
  class: name,
  xyxy,
  score: 0.3,
})
const submit = (truth: LabelledBox[], draft: LabelledBox[]) => {
  const regions = draftRegions(draft, { size, idPrefix: 'd' }).map((region) => PredictedRegion.parse(region))
  const result = correctedRegions(truth, regions, size)
  const answer = readAnswer({ result, skipped: false }, { size, classes: ['a', 'b'] })
  if (answer.outcome !== 'accepted') throw new Error(answer.outcome)
  return answer.boxes.map(({ class: name, origin, region }) => `${name} ${origin} ${region}`)
}

describe('what the stand-in makes of a draft', () => {
  it('leaves a right box alone', () => {
    expect(submit([box('a', 10, 10, 60, 60)], [box('a', 10.4, 10, 60, 60.3)])).toEqual(['a prediction d_0'])
  })

  it('moves a loose box, and keeps its id', () => {
    expect(submit([box('a', 10, 10, 60, 60)], [box('a', 15, 5, 66, 66)])).toEqual([
      'a prediction-changed d_0',
    ])
  })

  it('re-labels a box of the wrong class', () => {
    expect(submit([box('b', 10, 10, 60, 60)], [box('a', 10, 10, 60, 60)])).toEqual([
      'b prediction-changed d_0',
    ])
  })

  it('deletes an invention and a duplicate, and draws what is missing', () => {
    const draft = [box('a', 10, 10, 60, 60), box('a', 11, 11, 61, 61), box('b', 300, 300, 350, 350)]
    const [kept, drawn, ...more] = submit([box('a', 10, 10, 60, 60), box('b', 100, 100, 150, 150)], draft)
    expect(kept).toBe('a prediction d_0')
    expect(drawn).toMatch(/^b manual [\w-]{10}$/)
    expect(more).toEqual([])
  })

  it('prefers the draft of the right class where two overlap', () => {
    const draft = [box('b', 10, 10, 60, 60), box('a', 12, 12, 60, 60)]
    expect(submit([box('a', 10, 10, 60, 60)], draft)).toEqual(['a prediction-changed d_1'])
  })
})
