import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LabelledBox } from '../../../../domain/box.ts'
import { readAnswer } from '../../../../domain/formats/label-studio-answer.ts'
import {
  buildLabelConfig,
  labelsOf,
  withRetiredLabels,
  withRetiredTool,
} from '../../../../domain/formats/label-studio-config.ts'
import { draftRegions } from '../../../../domain/formats/label-studio.ts'
import { hull, type Polygon } from '../../../../domain/polygon.ts'

const size = { width: 640, height: 480 }
const classes = ['RBC', 'WBC']
const square = (x: number, y: number, extent: number): Polygon => [
  [x, y],
  [x + extent, y],
  [x + extent, y + extent],
  [x, y + extent],
]
const cell = (polygons: readonly Polygon[], score: number | null = null): LabelledBox => ({
  class: 'RBC',
  xyxy: hull(polygons.flat()),
  score,
  polygons,
})

/** The regions as the editor sends them back. */
const submitted = (boxes: readonly LabelledBox[], origin = 'prediction') =>
  draftRegions(boxes, { size, idPrefix: '0011aabb', withOutlines: true }).map((region) => ({
    ...region,
    origin,
    original_width: size.width,
    original_height: size.height,
    image_rotation: 0,
  }))
const read = (result: readonly unknown[], task: 'detect' | 'segment' = 'segment') => {
  const answer = readAnswer({ result, skipped: false }, { size, classes, task })
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer))
  return answer
}

describe('outlines in Label Studio', () => {
  const outlines = fc.array(
    fc
      .tuple(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 2, max: 60 }),
      )
      .map(([x, y, extent]) => square(x, y, extent)),
    { minLength: 1, maxLength: 3 },
  )

  it('come back as they went, several of one object included', () => {
    fc.assert(
      fc.property(fc.array(outlines, { maxLength: 4 }), (objects) => {
        const boxes = objects.map((polygons) => cell(polygons, 0.5))
        const back = read(submitted(boxes)).boxes
        expect(back).toHaveLength(boxes.length)
        back.forEach((box, index) => {
          expect(box).toMatchObject({ class: 'RBC', origin: 'prediction', score: 0.5 })
          const expected = boxes[index]!
          expect(box.polygons!.length).toBe(expected.polygons!.length)
          const numbers = box.polygons!.flat(2)
          expected.polygons!.flat(2).forEach((value, at) => expect(numbers[at]).toBeCloseTo(value, 6))
          expected.xyxy.forEach((value, at) => expect(box.xyxy[at]).toBeCloseTo(value, 6))
        })
      }),
    )
  })

  it('are changed as one object, and told apart when a person calls one of them something else', () => {
    const [first, second] = submitted([cell([square(0, 0, 10), square(20, 0, 10)])])
    const moved = { ...second, origin: 'prediction-changed' }
    expect(read([first, moved]).boxes).toMatchObject([{ origin: 'prediction-changed', region: '0011aabb_0' }])
    const other = { ...second, value: { ...second!.value, polygonlabels: ['WBC'] } }
    expect(read([first, other]).boxes.map((box) => box.class)).toEqual(['RBC', 'WBC'])
  })

  it('stand beside boxes that have none', () => {
    const { boxes } = read(
      submitted([cell([square(0, 0, 10)]), { class: 'WBC', xyxy: [5, 5, 50, 50], score: null }]),
    )
    expect(boxes.map(({ class: name, polygons }) => [name, polygons?.length])).toEqual([
      ['RBC', 1],
      ['WBC', undefined],
    ])
  })

  it('are cut to the image', () => {
    const [region] = submitted([cell([square(600, 440, 40)])])
    const wild = { ...region, value: { ...region!.value, points: [[90, 90], [130, 90], [95, -20]] } } // oxfmt-ignore
    const [box] = read([wild]).boxes
    expect(box?.xyxy).toEqual([576, 0, 640, 432])
    expect(box?.polygons?.[0]?.flat().every((value) => value >= 0 && value <= 640)).toBe(true)
  })

  it('become boxes with a note where the project wants boxes', () => {
    const { boxes, notes } = read(submitted([cell([square(10, 10, 10)])]), 'detect')
    expect(boxes[0]).not.toHaveProperty('polygons')
    expect(boxes[0]?.xyxy.map(Math.round)).toEqual([10, 10, 20, 20])
    expect(notes).toMatchObject([{ kind: 'polygon' }])
  })

  it('have a tool with the keys, and boxes one without', () => {
    const config = buildLabelConfig(classes, 'segment')
    expect(labelsOf(config)).toEqual(classes)
    expect(config).toMatch(/<PolygonLabels name="outline"[\s\S]*hotkey="1"[\s\S]*<\/PolygonLabels>/)
    expect(config.split('<RectangleLabels')[1]).not.toContain('hotkey')
    // Both rows show the same classes: each says what it draws.
    expect(config).toMatch(
      /value="Outline"[\s\S]*<PolygonLabels[\s\S]*value="Box only"[\s\S]*<RectangleLabels/,
    )
    expect(buildLabelConfig(classes)).not.toContain('Box only')
    const grown = withRetiredLabels(config, ['gone'])
    expect(grown.match(/value="gone"/g)).toHaveLength(2)
  })

  it('keep their tool when the project turns to boxes and answers still hold outlines', () => {
    const boxes = buildLabelConfig(classes)
    const kept = withRetiredTool(boxes, buildLabelConfig(classes, 'segment'))
    expect(kept).toContain('<PolygonLabels name="outline"')
    expect([...kept.matchAll(/hotkey="1"/g)]).toHaveLength(1)
    expect(withRetiredTool(boxes, boxes)).toBe(boxes)
  })
})
