import { describe, expect, it } from 'vitest'
import { fillLetterboxTensor } from '../../../../domain/inference/letterbox-tensor.ts'
import { letterbox } from '../../../../domain/inference/letterbox.ts'
import { golden, noise, sha256, sizeOf } from './golden.ts'

describe('fillLetterboxTensor', () => {
  it.each(golden.tensor)(
    'fills $target from $source as OpenCV and NumPy do',
    ({ source, target, sha256: expected }) => {
      const tensor = new Float32Array(3 * target[0] * target[1]).fill(7)
      fillLetterboxTensor(noise(sizeOf(source)), letterbox(sizeOf(source), sizeOf(target)), tensor)
      expect(sha256(tensor)).toBe(expected)
    },
  )
})
