import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDetector } from '../../../../../activities/adapters/onnx/detector.ts'
import { openModel } from '../../../../../activities/adapters/onnx/open-model.ts'
import { readComplaint } from '../../../../../activities/adapters/onnx/runtime-complaint.ts'
import { colouredPicture } from '../../../../fixtures/coloured-picture.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../fixtures/models/${name}`, import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-models-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a model file', () => {
  it('cut at any place is refused with its code, and nothing crashes', async () => {
    const whole = await readFile(fixture('red-blue.onnx'))
    const path = join(folder, 'cut.onnx')
    const codes = new Set<string>()
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length))
      codes.add(
        await openModel(path).then(
          () => `opens at ${length}`,
          ({ code }) => code,
        ),
      )
    }
    // Cut between two fields it may be whole ONNX that lacks its names.
    expect([...codes].filter((code) => code !== 'ModelUnsupported')).toEqual(['ModelUnreadable'])
  })

  it('of float16 is refused with what was expected and found', async () => {
    await expect(openModel(fixture('red-blue-float16.onnx'))).rejects.toMatchObject({
      code: 'ModelUnsupported',
      message: expect.stringMatching(/expected an input float32 .*found float16 \[1, 3, 32, 32\]/),
      hint: expect.stringContaining('float32'),
    })
  })

  it('of float16 inside, as `quantize=16` exports it, works as any other', async () => {
    const detector = createDetector({ threads: 1 })
    const source = await colouredPicture(32, 32, [{ left: 8, top: 0, side: 8, colour: '#ff0000' }])
    const settings = { confidence: 0.5, iou: 0.7, maxDetections: 300 }
    const results = []
    for await (const result of detector.detect(
      fixture('red-blue-float16-inside.onnx'),
      [{ id: 'a', source }],
      settings,
    ))
      results.push(result)
    await detector.close()
    expect(results).toMatchObject([{ ok: true, boxes: [{ class: 'red', xyxy: [8, 0, 16, 8] }] }])
  })

  it('of an opset to come is refused with both numbers, and none of the places in C++', async () => {
    const error = await openModel(fixture('red-blue-opset-99.onnx')).catch((error: unknown) => error)
    expect(error).toMatchObject({
      code: 'ModelUnreadable',
      message: expect.stringMatching(/opset 99, and \d+ is the newest/),
      hint: expect.stringMatching(/opset=\d+/),
    })
    expect(String(error)).not.toContain('onnxruntime_src')
  })
})

describe('what ONNX Runtime says', () => {
  it.each([
    [
      '/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&) Unsupported model IR version: 99, max supported IR version: 13\n',
      'it is of ONNX format 99, and 13 is the newest that is understood here',
    ],
    [
      '/onnxruntime_src/x.cc:7 void f(const A&, int) Something else went wrong.\n',
      'ONNX Runtime says: Something else went wrong',
    ],
    ['ModelProto does not have a graph.', 'ONNX Runtime says: ModelProto does not have a graph'],
  ])('is told in words: %s', (message, why) => {
    expect(readComplaint(message).why).toBe(why)
  })
})
