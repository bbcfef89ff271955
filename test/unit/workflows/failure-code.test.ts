import { ActivityFailure, RetryState } from '@temporalio/common'
import { expect, test } from 'vitest'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { toApplicationFailure } from '../../../activities/errors/to-application-failure.ts'
import { failureCode, failureSpentUsd, failureWaitSeconds } from '../../../workflows/failure-code.ts'

/** As a workflow sees a failed activity. */
const asSeen = (error: AdapterError): ActivityFailure => {
  const cause = toApplicationFailure(error)
  return new ActivityFailure(
    'Activity task failed',
    'draftImage',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    undefined,
    cause instanceof Error ? cause : undefined,
  )
}

test('a failed call that was billed tells the workflow what it cost', () => {
  const failure = asSeen(
    new AdapterError('TeacherBadReply', 'no list', { retryable: false, spentUsd: 0.0125 }),
  )
  expect(failureSpentUsd(failure)).toBe(0.0125)
  expect(failureCode(failure)).toBe('TeacherBadReply')
})

test('a failed call that cost nothing adds nothing to the spend', () => {
  expect(failureSpentUsd(asSeen(new AdapterError('TeacherAuth', 'no', { retryable: false })))).toBe(0)
  expect(failureSpentUsd(new Error('something else'))).toBe(0)
})

test('a failure that says when to try again tells the workflow, beside what it cost', () => {
  const options = { retryable: true, retryAfterSeconds: 7200 }
  expect(failureWaitSeconds(asSeen(new AdapterError('TeacherQuotaExhausted', 'day', options)))).toBe(7200)
  const billed = asSeen(new AdapterError('TeacherBadReply', 'no', { ...options, spentUsd: 0.01 }))
  expect([failureWaitSeconds(billed), failureSpentUsd(billed)]).toEqual([7200, 0.01])
  expect(failureWaitSeconds(asSeen(new AdapterError('TeacherAuth', 'no', { retryable: false })))).toBeNull()
})
