import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followLog } from '../../../../infra/stack/follow-log.ts'
import { readLogTail } from '../../../../infra/stack/read-log.ts'

let folder: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-log-'))
  log = join(folder, 'service.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the end of a log', () => {
  test('is its last lines', () => {
    writeFileSync(log, 'one\ntwo\nthree\n')
    expect(readLogTail(log, 2)).toEqual(['two', 'three'])
    expect(readLogTail(log, 0)).toEqual([])
  })

  test('is empty when nothing was written yet', () => {
    expect(readLogTail(log, 10)).toEqual([])
  })
})

describe('a followed log', () => {
  test('tells new lines whole, and those after it was begun anew', async () => {
    writeFileSync(log, 'old\n')
    const lines: string[] = []
    const done = new AbortController()
    const following = followLog(log, done.signal, (line) => lines.push(line))
    await vi.waitFor(() => {
      appendFileSync(log, lines.length === 0 ? 'first\nhal' : '')
      expect(lines).toContain('first')
    })
    appendFileSync(log, 'f\n')
    await vi.waitFor(() => expect(lines.at(-1)).toMatch(/half$/), { timeout: 5000 })
    writeFileSync(log, 'anew\n')
    await vi.waitFor(() => expect(lines.at(-1)).toBe('anew'), { timeout: 5000 })
    done.abort()
    await following
    expect(lines).not.toContain('old')
  })
})
