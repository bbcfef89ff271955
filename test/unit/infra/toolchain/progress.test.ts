import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { startProgress } from '../../../../infra/toolchain/progress.ts'

describe('startProgress', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('speaks at once and at least every 10 seconds until stopped', () => {
    const spokenAt: number[] = []
    const started = performance.now()
    const progress = startProgress('minio', 'building', () => spokenAt.push(performance.now() - started))
    vi.advanceTimersByTime(60_000)
    progress.stop()
    vi.advanceTimersByTime(60_000)
    expect(spokenAt[0]).toBe(0)
    expect(spokenAt.at(-1)).toBe(60_000)
    const gaps = spokenAt.slice(1).map((at, index) => at - (spokenAt[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000)
  })

  it('tells the time that passed and the newest line of output, plain and cut', () => {
    const texts: string[] = []
    const progress = startProgress('trainer', 'installing', ({ text }) => texts.push(text))
    progress.detail('older')
    progress.detail(`\u001b[32mDownloading\u001b[0m ${'x'.repeat(200)}`)
    progress.detail('   ')
    vi.advanceTimersByTime(10_000)
    progress.stop()
    expect(texts[0]).toBe('installing')
    expect(texts[1]).toMatch(/^installing \(5 s\): Downloading x{50,90}…$/)
    expect(texts[2]).toBe('installing (10 s)')
  })
})
