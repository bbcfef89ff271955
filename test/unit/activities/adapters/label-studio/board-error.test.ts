import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toBoardError } from '../../../../../activities/adapters/label-studio/board-error.ts'

const recorded = (name: string): unknown => {
  const file = new URL(`../../../../fixtures/label-studio/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}
const map = (status: number, path: string, body: unknown = null, retryAfterSeconds: number | null = null) =>
  toBoardError({ method: 'GET', path, status, body, retryAfterSeconds })

describe("Label Studio's failures in our words", () => {
  it.each([
    ['a token it does not take', 401, '/api/version', 'BoardAuth', false],
    ['a project that is gone', 404, '/api/projects/7/', 'BoardProjectGone', false],
    [
      'a project that is gone, seen in its tasks',
      404,
      '/api/tasks?project=7&page=1',
      'BoardProjectGone',
      false,
    ],
    ['a task that is gone', 404, '/api/tasks/7/', 'NotFound', false],
    ['a lock of SQLite', 500, '/api/projects/7/import', 'BoardUnavailable', true],
    ['a proxy before a server that starts', 502, '/api/tasks?project=7', 'BoardUnavailable', true],
    ['too many calls', 429, '/api/tasks?project=7', 'BoardUnavailable', true],
    ['a bad request', 400, '/api/projects/7/import', 'BoardRejected', false],
    ['a blocked address', 403, '/api/storages/s3/', 'BoardRejected', false],
    ['an answer that is there already', 409, '/api/tasks/7/annotations', 'WriteConflict', false],
  ])('%s', (_name, status, path, code, retryable) => {
    expect(map(status, path)).toMatchObject({ code, retryable })
  })

  it.each([
    ['import.missing-image.400', '"image" key is expected'],
    ['storage-s3-validate.bad-secret.400', 'Cannot connect to S3'],
    ['project-patch.drop-used-control.400', 'Created annotations are incompatible'],
    ['annotation-create.dup-unique-id.409', 'already exists'],
  ])('passes on what %s says', (name, words) => {
    expect(map(Number(name.slice(-3)), '/api/x', recorded(name)).message).toContain(words)
  })

  it('passes on how long to wait', () => {
    expect(map(503, '/api/tasks', null, 12).retryAfterSeconds).toBe(12)
  })

  it('leaves the query out: filters can be long', () => {
    expect(map(500, '/api/tasks?project=7&query=abc').message).not.toContain('abc')
  })
})
