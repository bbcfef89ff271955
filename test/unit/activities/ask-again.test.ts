import { describe, expect, it } from 'vitest'
import { askAgain } from '../../../activities/ask-again.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'

/** Fails with these errors, one a try, and then answers. */
async function run(failures: readonly Error[], signal = new AbortController().signal) {
  const waits: number[] = []
  let tries = 0
  const call = async (): Promise<string> => {
    const failure = failures[tries]
    tries += 1
    if (failure !== undefined) throw failure
    return 'answer'
  }
  const wait = async (seconds: number): Promise<void> => {
    waits.push(seconds)
  }
  const result = await askAgain(call, { signal, wait, onWait: () => {} }).catch((error: unknown) => error)
  return { result, waits, tries }
}

const busy = (retryAfterSeconds?: number): AdapterError =>
  new AdapterError('TeacherUnavailable', 'busy', {
    retryable: true,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })

describe('askAgain', () => {
  it('waits ever longer, and as long as it is told to', async () => {
    expect(await run([busy(), busy(), busy(7)])).toEqual({ result: 'answer', waits: [1, 2, 7], tries: 4 })
  })

  it.each([
    ['what will not pass', [new AdapterError('TeacherAuth', 'no', { retryable: false })]],
    ['a day’s quota', [busy(20_000)]],
    ['a defect of ours', [new TypeError('defect')]],
  ])('gives %s up at once', async (_, failures) => {
    expect(await run(failures)).toEqual({ result: failures[0], waits: [], tries: 1 })
  })

  it('gives up after five tries', async () => {
    const { tries, result } = await run(Array.from({ length: 9 }, () => busy()))
    expect({ tries, result }).toEqual({ tries: 5, result: expect.any(AdapterError) })
  })

  it('does not try again when it was interrupted', async () => {
    expect((await run([busy()], AbortSignal.abort())).tries).toBe(1)
  })
})
