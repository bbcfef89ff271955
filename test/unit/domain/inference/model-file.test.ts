import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
