import { ApplicationFailure } from '@temporalio/common'
import { AdapterError } from './adapter-error.ts'

/**
 * Maps an error at the activity's edge, once: `type` is the code, the vendor's hint becomes the next retry's delay.
 * The cause is left out: its text may quote a request.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (!(error instanceof AdapterError)) return error
  return ApplicationFailure.create({
    type: error.code,
    message: error.hint === null ? error.message : `${error.message} ${error.hint}`,
    nonRetryable: !error.retryable,
    ...detailsOf(error),
    ...(error.retryAfterSeconds === null ? {} : { nextRetryDelay: error.retryAfterSeconds * 1000 }),
  })
}

/** What the workflow has to know: it is not told the delay of the next retry. */
function detailsOf({ spentUsd, retryAfterSeconds }: AdapterError): { details?: [Record<string, number>] } {
  const detail = {
    ...(spentUsd === 0 ? {} : { spentUsd }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  }
  return Object.keys(detail).length === 0 ? {} : { details: [detail] }
}

type ActivityFunction = (input: never) => Promise<unknown>

/** Wraps every activity of a group so that its AdapterErrors leave as typed failures. */
export function withTypedFailures<Group extends Record<keyof Group, ActivityFunction>>(group: Group): Group {
  const wrapped = Object.entries<ActivityFunction>(group).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await activity(input)
      } catch (error) {
        throw toApplicationFailure(error)
      }
    },
  ])
  return Object.fromEntries(wrapped)
}
