import { expect, it } from 'vitest'
import { sourceGroupOf } from '../../../domain/source-group.ts'

it.each([
  ['a flat folder of photos is no group', 'BloodImage_00001.jpg', null],
  ['an ordinary subfolder is no group', 'monday/cells/1.jpg', null],
  ['a numbered video folder is one', 'site/video_03/0001.jpg', 'site/video_03'],
  ['a named clip is one', 'clip-park/left/0001.jpg', 'clip-park'],
  ['a folder inside "videos" is one', 'videos/harbour/0001.jpg', 'videos/harbour'],
  ['files directly in "videos" are not', 'videos/0001.jpg', null],
  ['a word that only starts alike is not', 'videogames/0001.jpg', null],
])('%s', (_, path, group) => {
  expect(sourceGroupOf(path, 'near-duplicates')).toBe(group)
})

it('takes every folder as a group when asked to', () => {
  expect(sourceGroupOf('a/b/1.jpg', 'folder')).toBe('a/b')
  expect(sourceGroupOf('1.jpg', 'folder')).toBe('.')
})
