import { describe, expect, it } from 'vitest'
import { describeModel } from '../../../../domain/inference/model-description.ts'
import type { ModelPorts, Shape } from '../../../../domain/inference/output-layout.ts'

const ports = (input: Shape, outputs: readonly Shape[], type = 'float32'): ModelPorts => ({
  inputs: [{ name: 'images', type, shape: input }],
  outputs: outputs.map((shape, index) => ({ name: `output${index}`, type: 'float32', shape })),
})
const listed = (count: number): string =>
  `[${Array.from({ length: count }, (_, index) => `'class ${index}'`).join(', ')}]`
const names = listed(3)
const square = [1, 3, 256, 256]
const prototypes = [1, 32, 64, 64]
const embedded = { end2end: 'False', args: "{'nms': True}" }

describe('describeModel', () => {
  it.each<[string, Record<string, string>, Shape[], string, string]>([
    ['a raw head', { names }, [[1, 7, 1344]], 'detect', 'raw'],
    ['a declared end-to-end head', { names, end2end: 'True' }, [[1, 300, 6]], 'detect', 'end-to-end'],
    ['embedded suppression', { names, ...embedded }, [[1, 300, 6]], 'detect', 'end-to-end'],
    [
      'an end-to-end head that an old export does not declare',
      { names },
      [[1, 300, 6]],
      'detect',
      'end-to-end',
    ],
    ['names as JSON', { names: '["a","b","c"]' }, [[1, 7, 1344]], 'detect', 'raw'],
    ['one class', { names: listed(1) }, [[1, 5, 1344]], 'detect', 'raw'],
    ['two classes, raw', { names: listed(2) }, [[1, 6, 1344]], 'detect', 'raw'],
    ['two classes, final', { names: listed(2) }, [[1, 300, 6]], 'detect', 'end-to-end'],
    [
      'two classes and six final rows',
      { names: listed(2), end2end: 'True' },
      [[1, 6, 6]],
      'detect',
      'end-to-end',
    ],
    ['a thousand classes', { names: listed(1000) }, [[1, 1004, 8400]], 'detect', 'raw'],
    ['a raw head with masks', { names, task: 'segment' }, [[1, 39, 1344], prototypes], 'segment', 'raw'],
    [
      'a raw head with eight coefficients',
      { names, task: 'segment' },
      [
        [1, 15, 1344],
        [1, 8, 64, 64],
      ],
      'segment',
      'raw',
    ],
    [
      'an end-to-end head with masks',
      { names, task: 'segment', end2end: 'True' },
      [[1, 300, 38], prototypes],
      'segment',
      'end-to-end',
    ],
    [
      'embedded suppression with masks',
      { names, task: 'segment', ...embedded },
      [[1, 300, 38], prototypes],
      'segment',
      'end-to-end',
    ],
    [
      'two classes with masks, raw',
      { names: listed(2), task: 'segment' },
      [[1, 38, 1344], prototypes],
      'segment',
      'raw',
    ],
    [
      'two classes with masks, final and undeclared',
      { names: listed(2), task: 'segment' },
      [[1, 300, 38], prototypes],
      'segment',
      'end-to-end',
    ],
    ['masks whose task is not told', { names }, [[1, 39, 1344], prototypes], 'segment', 'raw'],
  ])('understands %s', (_, properties, outputs, task, head) => {
    expect(describeModel(properties, ports(square, outputs))).toMatchObject({
      ok: true,
      imageSize: { width: 256, height: 256 },
      openStride: null,
      batch: 1,
      task,
      head,
    })
  })

  it('keeps width and height apart', () => {
    const reading = describeModel({ names }, ports([1, 3, 192, 256], [[1, 7, 1008]]))
    expect(reading).toMatchObject({ imageSize: { width: 256, height: 192 }, openStride: null })
  })

  it('takes the batch that the file insists on', () => {
    expect(describeModel({ names }, ports([4, 3, 256, 256], [[4, 7, 1344]]))).toMatchObject({ batch: 4 })
  })

  it.each([
    ['as exported', { imgsz: '[192, 256]', stride: '32' }, { width: 256, height: 192 }, 32],
    ['of one side', { imgsz: '320' }, { width: 320, height: 320 }, 32],
    ['rounded up to the stride', { imgsz: '[250, 250]', stride: '64' }, { width: 256, height: 256 }, 64],
    ['of the usual side when the file tells none', {}, { width: 640, height: 640 }, 32],
  ])('takes an open input %s, and leaves its shape to the image', (_, properties, imageSize, openStride) => {
    const open = ports(['batch', 3, 'height', 'width'], [['batch', 7, 'anchors']])
    expect(describeModel({ names, ...properties }, open)).toMatchObject({ imageSize, openStride, batch: 1 })
  })

  it('keeps an input square when only the batch is open', () => {
    const open = ports(['batch', 3, 256, 256], [['batch', 7, 1344]])
    expect(describeModel({ names }, open)).toMatchObject({ openStride: null, batch: 1 })
  })

  it.each<[string, Record<string, string>, ModelPorts, RegExp, RegExp]>([
    [
      'poses',
      { names, task: 'pose' },
      ports(square, [[1, 56, 1344]]),
      /task "detect" or "segment"/,
      /task "pose"/,
    ],
    ['turned boxes', { names, task: 'obb' }, ports(square, [[1, 8, 1344]]), /"segment"/, /task "obb"/],
    ['a classifier', { names, task: 'classify' }, ports(square, [[1, 3]]), /"segment"/, /task "classify"/],
    [
      'a classifier that does not say it',
      { names },
      ports(square, [[1, 3]]),
      /\[1, 7, anchors\]/,
      /\[1, 3\]/,
    ],
    ['no names', {}, ports(square, [[1, 7, 1344]]), /class names/, /names = nothing/],
    [
      'names with a gap',
      { names: "{0: 'a', 2: 'c'}" },
      ports(square, [[1, 6, 1344]]),
      /class names/,
      /\{0: 'a', 2: 'c'\}/,
    ],
    [
      'names that are no literal',
      { names: 'import os' },
      ports(square, [[1, 6, 1344]]),
      /class names/,
      /import os/,
    ],
    [
      'more scores than names',
      { names },
      ports(square, [[1, 84, 8400]]),
      /\[1, 7, anchors\] or \[1, boxes, 6\] for 3 classes/,
      /\[1, 84, 8400\]/,
    ],
    [
      'a declared end-to-end head of another shape',
      { names, end2end: 'True' },
      ports(square, [[1, 7, 1344]]),
      /\[1, boxes, 6\]/,
      /\[1, 7, 1344\]/,
    ],
    [
      'masks without prototypes',
      { names, task: 'segment' },
      ports(square, [[1, 39, 1344]]),
      /mask prototypes .*\[1, 7 \+ n, anchors\]/,
      /^float32 \[1, 39, 1344\]$/,
    ],
    [
      'as many coefficients as prototypes are not',
      { names, task: 'segment' },
      ports(square, [
        [1, 39, 1344],
        [1, 16, 64, 64],
      ]),
      /mask prototypes/,
      /\[1, 39, 1344\] and float32 \[1, 16, 64, 64\]/,
    ],
    ['half precision', { names }, ports(square, [[1, 7, 1344]], 'float16'), /float32/, /float16/],
    [
      'one grey channel',
      { names },
      ports([1, 1, 256, 256], [[1, 7, 1344]]),
      /\[1, 3, height, width\]/,
      /\[1, 1, 256, 256\]/,
    ],
    ['no output', { names }, ports(square, []), /at least one output/, /0 outputs/],
  ])('says what it expected and what it found in %s', (_, properties, given, expected, found) => {
    const reading = describeModel(properties, given)
    expect(reading.ok ? '' : reading.expected).toMatch(expected)
    expect(reading.ok ? '' : reading.found).toMatch(found)
  })
})
