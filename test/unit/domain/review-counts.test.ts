import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countReviews } from '../../../domain/review-counts.ts'

const task = (uid: string | null, state: 'open' | 'skipped' | 'accepted') => ({
  uid,
  answered: state !== 'open',
  skipped: state === 'skipped',
})
const none: ReadonlySet<string> = new Set()

describe('where the queued images stand', () => {
  it.each([
    ['open', [task('a', 'open')], none, { waiting: 1 }],
    ['accepted', [task('a', 'accepted')], none, { accepted: 1 }],
    ['skipped', [task('a', 'skipped')], none, { skipped: 1 }],
    ['deleted from the board', [], none, { withdrawn: 1 }],
    ['answered but refused', [task('a', 'accepted')], new Set(['a']), { waiting: 1, refused: 1 }],
    ['there twice, once answered', [task('a', 'accepted'), task('a', 'open')], none, { accepted: 1 }],
    ['there beside a foreign open task', [task('a', 'accepted'), task(null, 'open')], none, { accepted: 1 }],
    [
      'there beside a task of an unknown batch',
      [task('a', 'accepted'), task('z', 'open')],
      none,
      { accepted: 1 },
    ],
  ])('one that is %s', (_name, tasks, refused, expected) => {
    const zero = { waiting: 0, accepted: 0, skipped: 0, refused: 0, withdrawn: 0 }
    expect(countReviews(['a'], tasks, refused)).toEqual({ ...zero, ...expected })
  })

  it('counts every image exactly once', () => {
    const uid = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const state = fc.constantFrom('open' as const, 'skipped' as const, 'accepted' as const)
    const tasks = fc.array(fc.tuple(fc.option(uid), state).map(([id, is]) => task(id, is)))
    fc.assert(
      fc.property(fc.uniqueArray(uid), tasks, fc.uniqueArray(uid), (uids, seen, refused) => {
        const { waiting, accepted, skipped, withdrawn } = countReviews(uids, seen, new Set(refused))
        expect(waiting + accepted + skipped + withdrawn).toBe(uids.length)
      }),
    )
  })
})
