import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageAddress, imageNameOf } from '../../../../domain/formats/label-studio-tasks.ts'

const part = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((text) => !/[/\\]/.test(text))
const names = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const prefixes = fc.constantFrom(
  's3://bucket/',
  'gs://bucket/set/',
  'https://host/set/',
  '/data/local-files/?d=',
)

describe('the address of a picture', () => {
  it('gives its name back under the same prefix', () => {
    fc.assert(
      fc.property(prefixes, names, (prefix, name) => {
        expect(imageNameOf(imageAddress(prefix, name), prefix)).toBe(name)
      }),
    )
  })

  it.each([
    ['a key of a bucket', 's3://bucket/a/b?.png', 'a/b?.png'],
    ['a web address with a signature', 'https://host/a/b%20c.png?X-Amz=1', 'a/b c.png'],
    ['a local file', '/data/local-files/?d=set%2Fb.png', 'set/b.png'],
    ['an uploaded file', '/data/upload/3/12ab34cd-b.png', 'b.png'],
    ['a path that was never encoded', '/50%/b.png', '50%/b.png'],
  ])('is read without a prefix: %s', (_, address, name) => {
    expect(imageNameOf(address, null)).toBe(name)
  })
})
