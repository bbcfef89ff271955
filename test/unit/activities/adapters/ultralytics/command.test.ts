import { isAbsolute } from 'node:path'
import { expect, test } from 'vitest'
import {
  exportArguments,
  recordedCommand,
  resumeArguments,
  trainArguments,
} from '../../../../../activities/adapters/ultralytics/command.ts'
import { trainerEnvironment } from '../../../../../activities/adapters/ultralytics/environment.ts'
import type { RunSpec } from '../../../../../activities/detached-training/run-folder.ts'

const spec = (changes: Partial<RunSpec> = {}, architecture = 'tiny'): RunSpec => ({
  trainer: 'ultralytics',
  program: '/env/bin/yolo',
  datasetFolder: '/data/d',
  task: 'detect',
  weights: null,
  cache: true,
  arguments: {
    architecture,
    parent: null,
    baseWeights: null,
    imageSize: 320,
    epochs: 60,
    batch: 8,
    learningRate: 0.003,
    seed: 3,
  },
  ...changes,
})
const modelOf = (given: RunSpec) =>
  trainArguments('/runs/r', given, 8)
    .find((argument) => argument.startsWith('model='))!
    .slice('model='.length)

test('the model is always a file: a bare name would be looked for on the network, offline or not', () => {
  expect(isAbsolute(modelOf(spec()))).toBe(true)
  expect(modelOf(spec({ weights: '/data/parents/a.pt' }, 'yolo11n.pt'))).toBe('/data/parents/a.pt')
  expect(modelOf(spec({}, 'yolo11n.yaml'))).toBe('yolo11n.yaml')
  for (const name of ['yolo11n.pt', 'yolo11n']) expect(() => modelOf(spec({}, name))).toThrow('network')
})

test('a project of outlines trains the tiny model with the head that draws them', () => {
  expect(trainArguments('/runs/r', spec({ task: 'segment' }), 8)[0]).toBe('segment')
  expect(modelOf(spec({ task: 'segment' }))).toMatch(/understudy-tiny-seg\.yaml$/)
})

test('a resumed training names its data, and its batch only when that is no longer the planned one', () => {
  const planned = resumeArguments(spec(), '/runs/r/kept.pt', 8)
  expect(planned).toEqual(['detect', 'train', 'model=/runs/r/kept.pt', 'resume=True', 'data=data.yaml'])
  expect(resumeArguments(spec(), '/runs/r/kept.pt', 4).at(-1)).toBe('batch=4')
})

test('nothing drops the weights that a training goes on from, downloads a model to check with, or ends it early', () => {
  const given = trainArguments('/runs/r', spec({ weights: '/w.pt' }), 8)
  expect(given.join(' ')).not.toContain('pretrained')
  expect(given).toEqual(expect.arrayContaining(['amp=False', 'patience=0', 'workers=0', 'optimizer=AdamW']))
})

test('the export is whole and plain: whole numbers would come under another name and be slower', () => {
  expect(exportArguments('/runs/r', spec()).join(' ')).not.toMatch(/quantize|int8|half|dynamic|nms/)
})

test('the recorded command tells all arguments and no folder of this machine', () => {
  const recorded = recordedCommand('/runs/r', spec({ weights: '/data/parents/a.pt' }), 4).join(' ')
  expect(recorded).toContain(
    'yolo detect train model=<weights> data=data.yaml imgsz=320 epochs=60 batch=4 nbs=8',
  )
  expect(recorded).toContain('yolo export model=<run>/train/weights/best.pt format=onnx')
  expect(recorded).not.toMatch(/\/runs|\/data|\/env/)
})

test('the trainer runs offline, installs nothing, and has settings of its own', () => {
  expect(
    trainerEnvironment('/runs/r/config', { PATH: '/bin', ULTRALYTICS_API_KEY: 'k', WANDB_API_KEY: 'k' }),
  ).toEqual({
    PATH: '/bin',
    YOLO_CONFIG_DIR: '/runs/r/config',
    YOLO_OFFLINE: '1',
    YOLO_AUTOINSTALL: '0',
    MPLCONFIGDIR: '/runs/r/config/matplotlib',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  })
})
