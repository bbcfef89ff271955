import { expect, test } from 'vitest'
import {
  epochsFromScratch,
  imageSizeFor,
  objectShare,
  planTrainingArguments,
  type TrainingPlanInput,
} from '../../../domain/training-plan.ts'

const input = (changes: Partial<TrainingPlanInput> = {}): TrainingPlanInput => ({
  wishes: {
    trainer: 'ultralytics',
    architecture: 'auto',
    imageSize: 'auto',
    epochs: 'auto',
    batch: 8,
    seed: 0,
    startFrom: 'champion',
  },
  trainImages: 80,
  valImages: 60,
  objectShares: Array.from({ length: 50 }, () => 0.1),
  champion: null,
  pretrained: '',
  ...changes,
})
const champion = { model: 'a'.repeat(64), architecture: 'tiny', imageSize: 320 }

test.each([
  ['no objects at all', [], 256],
  ['objects of a tenth of the image', [0.1, 0.1], 256],
  [
    'a tenth of the objects at 1 % of the image',
    [...Array<number>(5).fill(0.01), ...Array<number>(20).fill(0.5)],
    800,
  ],
  ['one small object among many large ones', [0.001, ...Array<number>(99).fill(0.5)], 256],
  ['objects too small for any size we train at', [0.001], 1280],
  ['a size that needs rounding up to the stride', [8 / 300], 320],
])('the network sees %s at a size that leaves them 8 pixels', (_name, shares, expected) => {
  expect(imageSizeFor(shares)).toBe(expected)
})

test('an object is measured by its short side against the long side of the image', () => {
  expect(objectShare([0, 0, 64, 16], { width: 640, height: 480 })).toBe(0.025)
})

test.each([
  [1, 8, 300],
  [80, 8, 60],
  [120, 8, 40],
  [400, 8, 12],
  [100_000, 8, 10],
])('%i images in batches of %i are gone through %i times', (images, batch, epochs) => {
  expect(epochsFromScratch(images, batch)).toBe(epochs)
})

test('without pretrained weights and champion the tiny model starts from scratch, and the plan says so', () => {
  const plan = planTrainingArguments(input())
  expect(plan.arguments).toEqual({
    architecture: 'tiny',
    parent: null,
    baseWeights: null,
    imageSize: 256,
    epochs: 60,
    batch: 8,
    learningRate: 0.003,
    seed: 0,
  })
  expect(plan.description).toBe('tiny from scratch, 256 px, 60 epochs on 80 images, about 5 min on a CPU')
})

const pretrained = { name: 'yolo11n.pt', sha256: 'b'.repeat(64) }

test('base weights are taken when they can be had, and plan and record say which', () => {
  const plan = planTrainingArguments(input({ pretrained }))
  expect(plan.arguments).toMatchObject({ architecture: 'yolo11n.pt', parent: null, baseWeights: pretrained })
  expect(plan.description).toContain('yolo11n.pt pretrained, 256 px')
  expect(plan.startedFrom).toBe('yolo11n.pt (SHA-256 bbbbbbbbbbbb)')
})

test('without base weights the plan says why it starts from scratch', () => {
  const plan = planTrainingArguments(input({ pretrained: 'yolo11n.pt could not be downloaded' }))
  expect(plan.arguments).toMatchObject({ architecture: 'tiny', baseWeights: null })
  expect(plan.description).toContain('tiny from scratch (yolo11n.pt could not be downloaded), 256 px')
  expect(plan.startedFrom).toBe('scratch: yolo11n.pt could not be downloaded')
})

test('the champion goes before base weights: it has learnt from them and from people', () => {
  const plan = planTrainingArguments(input({ champion, pretrained }))
  expect(plan.arguments).toMatchObject({ architecture: 'tiny', parent: champion.model, baseWeights: null })
  expect(plan.startedFrom).toBe('the champion aaaaaaaaaaaa')
})

test('the champion is fine-tuned gently, at its own image size', () => {
  const plan = planTrainingArguments(input({ champion, trainImages: 120 }))
  expect(plan.arguments).toMatchObject({
    parent: champion.model,
    imageSize: 320,
    epochs: 10,
    learningRate: 0.001,
  })
  expect(plan.description).toContain('tiny from the champion, 320 px, 10 epochs on 120 images')
})

test.each([
  ['scratch is asked for', { startFrom: 'scratch' as const }],
  ['another architecture is asked for', { architecture: 'yolo11n.yaml' }],
])('the champion is left alone when %s', (_name, wishes) => {
  const plan = planTrainingArguments(input({ champion, wishes: { ...input().wishes, ...wishes } }))
  expect(plan.arguments.parent).toBeNull()
})

test('what the config says plainly is taken as it is', () => {
  const wishes = { ...input().wishes, imageSize: 64, epochs: 2, batch: 4, seed: 7 }
  expect(planTrainingArguments(input({ wishes })).arguments).toMatchObject({
    imageSize: 64,
    epochs: 2,
    batch: 4,
    seed: 7,
  })
})

test('a larger picture takes longer by its area', () => {
  const seconds = (imageSize: number) =>
    planTrainingArguments(input({ wishes: { ...input().wishes, imageSize } })).estimatedSeconds
  expect((seconds(512) - 15) / (seconds(256) - 15)).toBeCloseTo(4)
})
