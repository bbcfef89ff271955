import { expect, test } from 'vitest'
import { parseResults, toCurve } from '../../../../../activities/adapters/ultralytics/results-csv.ts'

const header =
  'epoch,time,train/box_loss,metrics/precision(B),metrics/recall(B),metrics/mAP50(B),metrics/mAP50-95(B),lr/pg0'
const row = (epoch: number, time: number, map50 = 0.5) => `${epoch},${time},1.2,0.7,0.6,${map50},0.3,0.001`
const table = (...rows: string[]) => parseResults([header, ...rows, ''].join('\n'))

test('figures are read by the name of their column', () => {
  const swapped = 'metrics/mAP50-95(B),epoch,train/l1_loss,metrics/mAP50(B),time\n0.25,3,0.9,0.5,12\n'
  expect(parseResults(swapped).rows).toMatchObject([{ epoch: 3, map50: 0.5, map: 0.25, time: 12 }])
})

test('an epoch that a resumed run wrote again counts once, as written last', () => {
  const { rows } = table(row(1, 4), row(2, 8), row(3, 12, 0.1), row(3, 4, 0.9), row(4, 8))
  expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
  expect(rows[2]?.map50).toBe(0.9)
})

test('the clock that starts again with a resumed run does not shorten an epoch', () => {
  expect(table(row(1, 4), row(2, 8), row(3, 12), row(3, 4), row(4, 8)).secondsPerEpoch).toBe(4)
})

test('a line that is still being written is not read', () => {
  const text = `${header}\n${row(1, 4)}\n2,8,1.2,0.7,0.6,0.`
  expect(parseResults(text).rows.map(({ epoch }) => epoch)).toEqual([1])
})

test.each([
  ['an empty file', ''],
  ['a header alone', `${header}\n`],
  ['something else', 'no such thing\nat all\n'],
])('%s has no epochs', (_name, text) => {
  expect(parseResults(text)).toMatchObject({ rows: [], secondsPerEpoch: null })
})

test('a figure that is not a number is unknown, not zero', () => {
  expect(table('1,4,nan,0.7,0.6,nan,,0.001').rows).toMatchObject([{ epoch: 1, map50: null, map: null }])
})

test('the curve holds the header and one line an epoch', () => {
  expect(toCurve(table(row(1, 4), row(2, 8, 0.1), row(2, 4, 0.9)))).toBe(
    [header, row(1, 4), row(2, 4, 0.9), ''].join('\n'),
  )
})

test('losses are those of the training images, by name; learning rates, however many, are none', () => {
  const text =
    'epoch,time,train/box_loss,train/l1_loss,metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,lr/pg0,lr/pg1,lr/pg2,lr/pg3\n1,4,1.5,0.25,0.5,0.3,9,0.001,0.002,0.003,0.004\n'
  expect(parseResults(text).rows).toMatchObject([{ losses: { box: 1.5, l1: 0.25 }, map50: 0.5, map: 0.3 }])
})

test('a student of outlines is told by the mAP of its outlines', () => {
  const text =
    'epoch,time,train/seg_loss,metrics/mAP50(B),metrics/mAP50-95(B),metrics/mAP50(M),metrics/mAP50-95(M)\n1,4,2.5,0.5,0.3,0.4,0.2\n'
  expect(parseResults(text).rows).toMatchObject([{ losses: { seg: 2.5 }, map50: 0.4, map: 0.2 }])
})
