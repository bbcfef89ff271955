import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { duration, liveLine, phaseLine, progressText } from '../../../cli/cycle/progress-text.ts'
import { createFollower } from '../../../cli/cycle/watch-cycle.ts'
import { createOutput } from '../../../cli/output.ts'
import { cycleDetails } from '../../../domain/cycle-details.ts'
import type { CycleProgress } from '../../../domain/contracts/cycle-progress.ts'
import { initialProgress, withPhase } from '../../../domain/cycle-progress.ts'

const begun: CycleProgress = { ...initialProgress('blood', 'full'), cycle: 3, simulated: true }

const drafting: CycleProgress = {
  ...withPhase(begun, 'select', {
    state: 'done',
    note: '80 images, 80 without a draft',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:00:03Z',
  }),
  phase: 'draft',
  drafting: {
    ...begun.drafting,
    total: 80,
    done: 20,
    failed: 1,
    usd: 0.0123,
    budgetUsd: 2,
  },
}

describe('telling how a cycle goes', () => {
  it('says until when it waits for the daily quota, by the clock of the reader', () => {
    const at = new Date(2026, 10, 22, 9, 2)
    const waiting = { ...drafting, drafting: { ...drafting.drafting, waitsUntil: at.toISOString() } }
    expect(liveLine(waiting, null)).toBe(
      "draft: drafted 20 of 80, 1 failed, $0.0123; waits for Gemini's daily quota until Sun 09:02",
    )
    expect(progressText(waiting)).toContain("waits for Gemini's daily quota until Sun 09:02")
    expect(
      cycleDetails({ ...waiting, drafting: { ...waiting.drafting, waitsUntil: '2026-11-22T08:02:11.000Z' } }),
    ).toContain("Waits for Gemini's daily quota until 2026-11-22 08:02 UTC")
    expect(cycleDetails(drafting)).not.toContain('quota')
  })

  it('says in one line what the running phase is at', () => {
    expect(liveLine(drafting, null)).toBe('draft: drafted 20 of 80, 1 failed, $0.0123')
    expect(liveLine({ ...drafting, paused: true }, null)).toMatch(/^draft \(paused\): /)
    const training: CycleProgress = {
      ...drafting,
      phase: 'train',
      training: { workflowId: 'w', description: 'tiny, 50 epochs' },
    }
    expect(liveLine(training, null)).toBe('train: tiny, 50 epochs')
    const progress = {
      runId: 'r',
      epoch: 12,
      epochs: 50,
      losses: { box: 1.2345, cls: 0.8 },
      map50: 0.613,
      map: 0.4,
      etaSeconds: 190,
      waitsFor: null,
    }
    expect(liveLine(training, progress)).toBe(
      'train: epoch 12 of 50, mAP50 0.61, mAP50-95 0.40, losses box 1.23 cls 0.800, about 3 min left',
    )
    expect(liveLine(training, { ...progress, epoch: 50, etaSeconds: 0 })).toMatch(/, exports$/)
    expect(liveLine(training, { ...progress, waitsFor: 'blood-0123' })).toContain(
      'waits for the training blood-0123',
    )
  })

  it('says what a phase came to, and how long it took, as one sentence', () => {
    const startedAt = '2026-01-01T00:00:00Z'
    const line = { phase: 'gate', state: 'done', startedAt, endedAt: startedAt } as const
    expect(phaseLine({ ...line, note: 'The champion stays (12 images).' })).toBe(
      'gate: The champion stays (12 images), 0 s',
    )
  })

  it('shows phases, drafts with spend and budget, and reviews', () => {
    const text = progressText(drafting)
    expect(text).toContain('blood: cycle 3 (full)')
    expect(text).toMatch(/\+ +select +3 s +80 images, 80 without a draft/)
    expect(text).toContain('simulated teacher: 20 of 80, 1 failed, $0.0123 of $2.00 allowed')
    expect(text).toContain('Reviews: 0 waiting')
  })

  it.each([
    [3.4, '3 s'],
    [119, '119 s'],
    [600, '10 min'],
    [9000, '2.5 h'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})

describe('following a cycle', () => {
  function followed(json: boolean) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const follower = createFollower(createOutput({ stdout, stderr }, { json }))
    return {
      follower,
      lines: (stream: PassThrough) => String(stream.read() ?? '').split('\n'),
      stdout,
      stderr,
    }
  }

  it('tells each phase once, when it has ended', () => {
    const { follower, lines, stderr } = followed(false)
    for (const progress of [begun, drafting, drafting]) follower.show(progress, null)
    const told = lines(stderr)
    expect(told[0]).toBe('• blood: cycle 3 (full, simulated teacher)')
    expect(told.filter((line) => line.startsWith('• select'))).toEqual([
      '• select: 80 images, 80 without a draft, 3 s',
    ])
  })

  it('prints a line of JSON whenever something has changed, and only then', () => {
    const { follower, lines, stdout } = followed(true)
    for (const progress of [begun, begun, drafting, drafting]) follower.show(progress, null)
    const printed = lines(stdout).filter((line) => line !== '')
    expect(printed.map((line) => JSON.parse(line).phase)).toEqual(['select', 'draft'])
  })
})
