import { describe, expect, test } from 'vitest'
import { reportPage } from '../../../../domain/report/report-page.ts'
import { EvaluationRecord } from '../../../../domain/schemas/records/cycle.ts'
import { evaluationOf, randomScenes, reportWith } from '../../../fixtures/report-data.ts'

const classes = ['cat', 'dog', 'owl']
const evaluation = evaluationOf(randomScenes(classes, 40), classes)
const page = reportPage(reportWith(evaluation))

describe('the figures of an evaluation in the report', () => {
  test('fit the record that is kept', () => {
    expect(EvaluationRecord.parse(evaluation)).toEqual(evaluation)
  })

  test('show masks beside boxes where there are any, and none where not', () => {
    const masks = { ...evaluation.studentAp, map: { value: 0.4321, low: 0.4, high: 0.5 } }
    const outlined = reportPage(reportWith({ ...evaluation, studentMaskAp: masks }))
    expect(outlined).toMatch(/mask mAP50-95[\s\S]*?no scores[\s\S]*?0\.432/)
    expect(outlined).toContain('box mAP50-95')
    expect(page).not.toContain('mask')
  })

  test('stand before pictures that show outlines, and boxes where there are none', () => {
    const cat = { class: 'cat', xyxy: [1, 2, 30, 40] as const, score: null }
    const outlined = {
      ...cat,
      polygons: [
        [
          [1, 2],
          [30, 2],
          [15, 40],
        ] as const,
      ],
    }
    const tile = {
      image: 'c'.repeat(64),
      width: 50,
      height: 50,
      picture: 'data:,',
      reason: 'why',
      person: null,
    }
    const gallery = [{ ...tile, teacher: [cat], student: [outlined] }]
    const drawn = reportPage({ ...reportWith(evaluation), gallery })
    expect(drawn).toMatch(/<rect\s+class="teacher"\s+x="1\.0"/)
    expect(drawn).toContain('<path class="student" d="M1.0 2.0L30.0 2.0L15.0 40.0Z">')
  })

  test('have a row for every size, with its boxes', () => {
    expect(page).toContain('32² to 96² pixels')
    for (const figures of Object.values(evaluation.studentAp.bySize ?? {})) {
      expect(page).toContain(figures?.map50.toFixed(3))
    }
  })

  test('draw the three curves and the operating threshold within the picture', () => {
    const points = [...page.matchAll(/<polyline class="(\w+)" points="([^"]+)"/g)]
    expect(points.map(([, name]) => name)).toEqual(['precision', 'recall', 'f1'])
    const box = /class="chart"\s+viewBox="0 0 (\d+) (\d+)"/.exec(page)
    for (const pair of points.flatMap(([, , list]) => (list ?? '').split(' '))) {
      const [x, y] = pair.split(',').map(Number)
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThanOrEqual(Number(box?.[1]))
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(Number(box?.[2]))
    }
    expect(page).toMatch(/operating threshold\s+0\.38/)
  })

  test('show both confusion matrices, and all right boxes on the diagonal', () => {
    expect(page.match(/class="matrix/g)).toHaveLength(2)
    const cats = evaluation.confusion?.student.find(
      ({ truth, predicted }) => truth === 'cat' && predicted === 'cat',
    )
    expect(page).toMatch(new RegExp(`title="cat, said: cat"\\s*>\\s*${cats?.count}\\s*<`))
  })

  test('are left out for a record of an older version', () => {
    const { confusion, studentAp, ...rest } = evaluation
    const { map50, map, byClass } = studentAp
    const old = reportPage(reportWith({ ...rest, studentAp: { map50, map, byClass } }))
    expect(confusion).toBeDefined()
    for (const part of ['<svg', 'class="matrix', 'by size']) expect(old).not.toContain(part)
  })

  test('escape the names of classes', () => {
    const wicked = '<script>alert(1)</script>'
    const hostile = reportPage(
      reportWith(evaluationOf(randomScenes([wicked, '"onload='], 20), [wicked, '"onload='])),
    )
    expect(hostile).not.toContain('<script')
    expect(hostile).not.toContain('title=""onload')
  })

  test('show the twenty classes with most mistakes when there are more, and say how many are left out', () => {
    const many = Array.from({ length: 30 }, (_, index) => `class ${index}`)
    const wide = reportPage(reportWith(evaluationOf(randomScenes(many, 80), many)))
    expect(wide).toContain('the 20 classes with most mistakes, 10 more left out')
  })
})
