import { expect, test } from 'vitest'
import { backOffMs } from '../../../../infra/stack/supervisor/back-off.ts'

test('the wait before a restart doubles from a second and stops growing at a minute', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map(backOffMs)
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
})
