import { describe, expect, it } from 'vitest'
import {
  correctedRegions,
  PredictedRegion,
} from '../../../../../activities/adapters/label-studio/stand-in-regions.ts'
import { draftRegions } from '../../../../../domain/formats/label-studio.ts'
import type { LabelledBox } from '../../../../../domain/box.ts'
import { ellipseOutline } from '../../../../../infra/gemini-simulator/outlines.ts'
import { readAnswer } from '../../../../../domain/formats/label-studio-answer.ts'

const size = { width: 500, height: 400 }
const box = (name: string, ...xyxy: [number, number, number, number]): LabelledBox => ({
  class: name,
  xyxy,
  score: 0.3,
})
const answered = (truth: LabelledBox[], draft: LabelledBox[]) => {
  const regions = draftRegions(draft, { size, idPrefix: 'd', withOutlines: true }).map((region) =>
    PredictedRegion.parse(region),
  )
  const result = correctedRegions(truth, regions, size)
  const answer = readAnswer({ result, skipped: false }, { size, classes: ['a', 'b'], task: 'segment' })
  if (answer.outcome !== 'accepted') throw new Error(answer.outcome)
  return answer.boxes
}
const submit = (truth: LabelledBox[], draft: LabelledBox[]) =>
  answered(truth, draft).map(({ class: name, origin, region }) => `${name} ${origin} ${region}`)

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

describe('what the stand-in makes of a draft where it knows outlines', () => {
  const cell = (name: string, ...xyxy: [number, number, number, number]): LabelledBox => ({
    ...box(name, ...xyxy),
    polygons: [ellipseOutline(xyxy)],
  })
  const truth = cell('a', 10, 10, 60, 60)

  it('leaves an outline alone that fits', () => {
    expect(submit([truth], [cell('a', 10.5, 10, 60, 60.4)])).toEqual(['a prediction d_0'])
  })

  it('draws an outline for a rectangle, for one that is loose, and for what is missing', () => {
    const square = box('a', 10, 10, 60, 60)
    const loose = cell('a', 16, 6, 66, 64)
    for (const draft of [[square], [loose], []]) {
      const [drawn] = answered([truth], draft)
      expect(drawn?.origin).toBe(draft.length === 0 ? 'manual' : 'prediction-changed')
      expect(drawn?.polygons?.[0]).toHaveLength(24)
      drawn?.polygons?.[0]?.forEach(([x, y], corner) => {
        expect(x).toBeCloseTo(truth.polygons![0]![corner]![0], 6)
        expect(y).toBeCloseTo(truth.polygons![0]![corner]![1], 6)
      })
    }
  })

  it('draws again an outline of another shape in the right box', () => {
    const triangle = {
      ...truth,
      polygons: [
        [
          [10, 10],
          [60, 10],
          [35, 60],
        ] as const,
      ],
    }
    expect(submit([truth], [triangle])).toEqual(['a prediction-changed d_0'])
  })
})
