import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitPngs } from '../../../../../activities/adapters/ffmpeg/split-pngs.ts'
import { colouredPicture } from '../../../../fixtures/coloured-picture.ts'

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, to)
    from = to
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = []
  for await (const picture of splitPngs(stream)) found.push(Buffer.from(picture).toString('base64'))
  return found
}

test('pictures come out of a stream as they went in, wherever it is cut', async () => {
  const pictures = await Promise.all([1, 9, 40].map((side) => colouredPicture(side, side, [])))
  const stream = Buffer.concat(pictures)
  const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(cuts, async (at) => {
      expect(await collect(inPieces(stream, at))).toEqual(pictures.map((bytes) => bytes.toString('base64')))
    }),
  )
})

test('a picture that the stream ends in is left out', async () => {
  const [first, second] = await Promise.all([5, 6].map((side) => colouredPicture(side, side, [])))
  const stream = Buffer.concat([first!, second!]).subarray(0, -1)
  expect(await collect(inPieces(stream, []))).toEqual([first!.toString('base64')])
})
