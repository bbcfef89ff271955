import { expect, it } from 'vitest'
import { initialProgress, startOf, withPhase } from '../../../domain/cycle-progress.ts'

it('knows when a cycle began, whichever phase is asked about, and nothing before it did', () => {
  const fresh = initialProgress('blood', 'full')
  expect(startOf(fresh)).toBeNull()
  const drafting = withPhase(fresh, 'draft', { state: 'running', startedAt: '2026-01-01T00:00:09.000Z' })
  expect(startOf(drafting)).toBe('2026-01-01T00:00:09.000Z')
  const both = withPhase(drafting, 'select', { state: 'done', startedAt: '2026-01-01T00:00:05.000Z' })
  expect(startOf(both)).toBe('2026-01-01T00:00:05.000Z')
})
