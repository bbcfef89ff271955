import { expect, test } from 'vitest'
import { logTail } from '../../../../../activities/detached-training/log-text.ts'
import {
  allEpochsAreDone,
  checkpointWasUnreadable,
  readBanner,
  readDataCheck,
  readExport,
} from '../../../../../activities/adapters/ultralytics/trainer-log.ts'

/** Lines as the trainer wrote them into a file, colours and redrawn progress bars included. */
const scan = (split: string, counts: string) =>
  `\u001B[K\u001B[34m\u001B[1m${split}: \u001B[0mScanning /runs/d/labels/${split}... ${counts}: 50% ━━━━━━────── 4/8 2.0Kit/s 0.1s`

test('sound data is told as such', () => {
  const log = `${scan('train', '40 images, 0 backgrounds, 0 corrupt')}${scan('train', '80 images, 3 backgrounds, 0 corrupt')}`
  expect(readDataCheck(log)).toEqual({ corrupt: 0, files: [] })
})

test('what was thrown away is counted once a split, however often the bar was redrawn', () => {
  const log = [
    scan('train', '3 images, 2 backgrounds, 1 corrupt'),
    scan('train', '3 images, 2 backgrounds, 6 corrupt'),
    scan('val', '4 images, 0 backgrounds, 1 corrupt'),
  ].join('')
  expect(readDataCheck(log).corrupt).toBe(7)
})

test('each refused file is named with the reason, once', () => {
  const line =
    'WARNING ⚠️ \u001B[34m\u001B[1mtrain: \u001B[0m/runs/d/images/train/a b.jpg: ignoring corrupt image/label: image file is truncated (5 bytes not processed)'
  const { corrupt, files } = readDataCheck(
    `${scan('train', '8 images, 0 backgrounds, 1 corrupt')}\n${line}\n${line}\n`,
  )
  expect(corrupt).toBe(1)
  expect(files).toEqual(['/runs/d/images/train/a b.jpg: image file is truncated (5 bytes not processed)'])
})

test('versions and device that made the model are read from the log', () => {
  const log = [
    'Ultralytics 8.4.190 🚀 Python-3.11.7 torch-2.15.0+cu132 CPU (AMD EPYC)',
    '\u001B[34m\u001B[1mONNX:\u001B[0m starting export with onnx 1.23.2 opset 18...',
  ].join('\n')
  expect(readBanner(log)).toEqual({
    ultralytics: '8.4.190',
    python: '3.11.7',
    torch: '2.15.0+cu132',
    device: 'CPU (AMD EPYC)',
  })
  expect(readExport(log)).toEqual({ onnx: '1.23.2', opset: '18' })
  expect([readBanner('killed at once'), readExport('killed at once')]).toEqual([null, null])
})

test('the end of the last epoch is known from the sentence before the checkpoints are stripped', () => {
  expect(allEpochsAreDone('\n10 epochs completed in 0.016 hours.\n')).toBe(true)
  expect(allEpochsAreDone('Starting training for 10 epochs...')).toBe(false)
})

test.each([
  ['TypeError: /r/last.pt is not a loadable checkpoint', true],
  ['FileNotFoundError: Resume checkpoint not found. Please pass a valid checkpoint', true],
  ['RuntimeError: CUDA out of memory', false],
])('"%s" blames the checkpoint: %s', (log, expected) => {
  expect(checkpointWasUnreadable(log)).toBe(expected)
})

test('the last words leave out progress bars and are short', () => {
  const log = [
    ...Array.from({ length: 50 }, (_, index) => `line ${index}`),
    scan('val', '1'),
    'x'.repeat(5000),
    'end',
  ].join('\n')
  const tail = logTail(log)
  expect(tail.endsWith('end')).toBe(true)
  expect(tail).not.toContain('━')
  expect(tail.length).toBeLessThan(1000)
})
