import sharp from 'sharp'
import { expect, test } from 'vitest'
import { scaleForTeacher } from '../../../../../activities/adapters/sharp/scale-for-teacher.ts'

const size = { width: 400, height: 300 }
const picture = sharp({ create: { ...size, channels: 3, background: '#a03050' } })
const encoders = {
  'image/jpeg': () => picture.clone().jpeg().toBuffer(),
  'image/png': () => picture.clone().png().toBuffer(),
  'image/webp': () => picture.clone().webp().toBuffer(),
}
const formats = ['image/jpeg', 'image/png', 'image/webp'] as const

test.each(formats)('a small %s goes byte for byte', async (mimeType) => {
  const encoded = await encoders[mimeType]()
  expect(await scaleForTeacher({ encoded, mimeType, size }, 400)).toBe(encoded)
})

test.each(formats)('a large %s keeps its format and aspect', async (mimeType) => {
  const encoded = await encoders[mimeType]()
  const scaled = await sharp(await scaleForTeacher({ encoded, mimeType, size }, 200)).metadata()
  expect(scaled).toMatchObject({ width: 200, height: 150, format: mimeType.slice('image/'.length) })
})

test('what is no picture is named as such', async () => {
  const encoded = new TextEncoder().encode('no picture')
  await expect(scaleForTeacher({ encoded, mimeType: 'image/png', size }, 200)).rejects.toMatchObject({
    code: 'ImageUnreadable',
    retryable: false,
  })
})
