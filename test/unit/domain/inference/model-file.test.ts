import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeModel, type ModelPorts } from '../../../../domain/inference/model-description.ts'
import { readOnnxMetadata } from '../../../../domain/inference/onnx-metadata.ts'

const model = readFileSync(new URL('../../../fixtures/models/red-blue.onnx', import.meta.url))

describe('readOnnxMetadata', () => {
  it('reads the properties of a model', () => {
    expect(readOnnxMetadata(model)).toEqual({
      ok: true,
      properties: {
        task: 'detect',
        imgsz: '[32, 32]',
        batch: '1',
        stride: '8',
        names: "{0: 'red', 1: 'blue'}",
        end2end: 'False',
        args: "{'batch': 1, 'nms': None}",
      },
    })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('This is no model, it only says so in its name.')],
    ['zeros', Buffer.alloc(5000)],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('tells %s from a model', (_, content) => {
    expect(readOnnxMetadata(content)).toEqual({ ok: false, problem: 'not-onnx' })
  })

  it('tells a file that was cut inside its graph', () => {
    expect(readOnnxMetadata(model.subarray(0, 300))).toEqual({ ok: false, problem: 'cut' })
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => typeof readOnnxMetadata(bytes).ok === 'boolean',
      ),
    )
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.nat(255), (at, value) => {
        const damaged = Uint8Array.from(model)
        damaged[at] = value
        return typeof readOnnxMetadata(damaged).ok === 'boolean'
      }),
    )
  })
})

const ports = (input: (number | string)[], output: (number | string)[], type = 'float32'): ModelPorts => ({
  inputs: [{ name: 'images', type, shape: input }],
  outputs: [{ name: 'output0', type: 'float32', shape: output }],
})
const names = "{0: 'a', 1: 'b', 2: 'c'}"
const square = [1, 3, 256, 256]

describe('describeModel', () => {
  it.each([
    ['a raw head', { names }, ports(square, [1, 7, 1344]), 'raw'],
    ['a declared end-to-end head', { names, end2end: 'True' }, ports(square, [1, 300, 6]), 'end-to-end'],
    [
      'embedded suppression',
      { names, end2end: 'False', args: "{'nms': True}" },
      ports(square, [1, 300, 6]),
      'end-to-end',
    ],
    [
      'an end-to-end head that an old export does not declare',
      { names },
      ports(square, [1, 300, 6]),
      'end-to-end',
    ],
    [
      'open sizes',
      { names, imgsz: '[256, 256]' },
      ports(['batch', 3, 'height', 'width'], ['batch', 7, 'anchors']),
      'raw',
    ],
    ['names as a JSON list', { names: '["a","b","c"]' }, ports(square, [1, 7, 1344]), 'raw'],
  ])('understands %s', (_, properties, given, head) => {
    expect(describeModel(properties, given)).toEqual({
      ok: true,
      classes: ['a', 'b', 'c'],
      imageSize: { width: 256, height: 256 },
      task: 'detect',
      head,
    })
  })

  it('keeps width and height apart', () => {
    const reading = describeModel({ names }, ports([1, 3, 192, 256], [1, 7, 1008]))
    expect(reading).toMatchObject({ imageSize: { width: 256, height: 192 } })
  })

  it.each([
    ['another task', { names, task: 'segment' }, ports(square, [1, 39, 1344]), /task "segment"/],
    ['no names', {}, ports(square, [1, 7, 1344]), /names = nothing/],
    [
      'names with a gap',
      { names: "{0: 'a', 2: 'c'}" },
      ports(square, [1, 6, 1344]),
      /names = \{0: 'a', 2: 'c'\}/,
    ],
    ['names that are no literal', { names: 'import os' }, ports(square, [1, 6, 1344]), /import os/],
    ['more scores than names', { names }, ports(square, [1, 84, 8400]), /\[1, 84, 8400\]/],
    [
      'a declared end-to-end head of another shape',
      { names, end2end: 'True' },
      ports(square, [1, 7, 1344]),
      /\[1, 7, 1344\]/,
    ],
    ['a batch of four', { names }, ports([4, 3, 256, 256], [4, 7, 1344]), /\[4, 3, 256, 256\]/],
    ['half precision', { names }, ports(square, [1, 7, 1344], 'float16'), /float16/],
    [
      'an open size without imgsz',
      { names },
      ports([1, 3, 'height', 'width'], [1, 7, 'anchors']),
      /imgsz = nothing/,
    ],
    ['a classifier', { names }, ports(square, [1, 3]), /\[1, 3\]/],
  ])('says what it found in %s', (_, properties, given, found) => {
    const reading = describeModel(properties, given)
    expect(reading.ok ? '' : reading.found).toMatch(found)
  })
})
