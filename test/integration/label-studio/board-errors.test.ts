import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createReviewBoard } from '../../../activities/adapters/label-studio/review-board.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { openReviewBench, type ReviewBench } from './review-bench.ts'

const failure = async (work: Promise<unknown>): Promise<AdapterError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof AdapterError) return error
  throw new Error(`expected an AdapterError, got ${String(error)}`)
}

describe('failures of the board', () => {
  let bench: ReviewBench
  beforeAll(async () => {
    bench = await openReviewBench()
    await bench.activities.prepareBoard(bench.ref)
  })
  afterAll(async () => {
    await bench.close()
  })
  const boardWith = (connection: { url?: string; token?: string }) =>
    createReviewBoard({ ...bench.settings.board, ...connection, store: bench.storeSettings })

  it('answers the check with the version of the server', async () => {
    expect(await bench.board.check()).toMatch(/^1\.23\./)
  })

  it('names a token that is not taken, and does not quote it', async () => {
    const token = 'f'.repeat(40)
    const error = await failure(boardWith({ token }).check())
    expect(error).toMatchObject({ code: 'BoardAuth', retryable: false })
    expect(`${error.message} ${error.hint}`).not.toContain(token)
  })

  it('works with a personal access token, traded for a short-lived one', async ({ skip }) => {
    const { token } = await bench.call('POST', '/api/token/').catch(() => ({ token: null }))
    // One account has one such token at a time; a second run on the same server cannot ask for it again.
    if (token === null) return skip('the account has a personal token already')
    expect(await boardWith({ token }).check()).toMatch(/^1\.23\./)
  })

  it('calls a deleted project gone, for good', async () => {
    const gone = { ...(await bench.boardRef()), projectId: 999_999 }
    expect(await failure(bench.board.tasks(gone))).toMatchObject({
      code: 'BoardProjectGone',
      retryable: false,
    })
    const spec = { title: bench.name, labelConfig: '<View/>', instruction: '', bucket: bench.name }
    expect(await failure(bench.board.prepare(spec, gone))).toMatchObject({ code: 'BoardProjectGone' })
  })

  it('calls a server that does not answer unavailable, to be tried again', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise((resolve) => server.close(resolve))
    const error = await failure(boardWith({ url: `http://127.0.0.1:${port}` }).check())
    expect(error).toMatchObject({ code: 'BoardUnavailable', retryable: true })
  })

  it('passes on why Label Studio refuses something, without a retry', async () => {
    const uid = 'a'.repeat(20)
    const error = await failure(
      bench.board.addTasks(await bench.boardRef(), [{ uid, data: {}, regions: [] }]),
    )
    expect(error).toMatchObject({ code: 'BoardRejected', retryable: false })
    expect(error.message).toContain('"image" key is expected')
  })

  it('refuses a bucket that is not there with the reason, and keeps the secret out of it', async () => {
    const spec = {
      title: `${bench.name}-x`,
      labelConfig: '<View><Image name="image" value="$image"/></View>',
      instruction: '',
      bucket: 'no-such-bucket-here',
    }
    const error = await failure(bench.board.prepare(spec, null))
    expect(error).toMatchObject({ code: 'BoardRejected' })
    expect(error.message).toMatch(/bucket/i)
    expect(error.message).not.toContain(bench.storeSettings.secretKey)
  })
})
