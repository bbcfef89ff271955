import { describe, expect, it } from 'vitest'
import { boardTask } from '../../../activities/board-task.ts'
import type { BatchLine } from '../../../domain/schemas/records/batch.ts'
import type { ImageRecord } from '../../../domain/schemas/records/image.ts'

const image: ImageRecord = {
  v: 1,
  image: 'a'.repeat(64),
  storedSha256: 'a'.repeat(64),
  extension: 'jpg',
  mimeType: 'image/jpeg',
  width: 100,
  height: 100,
  sources: ['x.jpg'],
  group: 'g',
  split: 'train',
  dhash: '0'.repeat(16),
  ingestedAt: '2026-11-21T00:00:00Z',
}
const line: BatchLine = {
  v: 1,
  batch: 3,
  cycle: 2,
  image: image.image,
  uid: 'b'.repeat(20),
  purpose: 'routed',
  kind: 'ranked',
  split: 'train',
  reason: 'They differ.',
  probability: null,
  priority: 7,
  draft: [
    { class: 'cat', xyxy: [0, 0, 50, 50], score: null, source: 'teacher' },
    { class: 'gone', xyxy: [10, 10, 20, 20], score: 0.5, source: 'student' },
  ],
}
const context = { image, task: 'detect' as const, uri: 's3://bucket/p/images/a.jpg', classes: ['cat'] }

describe('a queued image as a task', () => {
  it('carries what the review tab orders and shows by', () => {
    const { uid, data } = boardTask(line, context)
    expect(uid).toBe(line.uid)
    expect(data).toMatchObject({
      image: 's3://bucket/p/images/a.jpg',
      al_uid: line.uid,
      al_priority: 7,
      batch: 3,
      kind: 'ranked',
      refused: '',
    })
  })

  it('leaves boxes of removed classes out of the draft and says so', () => {
    const { data, regions } = boardTask(line, context)
    expect(regions).toHaveLength(1)
    expect(data['reason']).toBe('They differ. Boxes of removed classes were left out: gone.')
  })

  it("says that the teacher is simulated wherever the teacher's boxes are shown", () => {
    const simulated = { ...line, simulatedTeacher: true }
    expect(boardTask(simulated, context).data['reason']).toContain('The teacher is simulated.')
    expect(boardTask(simulated, context).regions[0]?.['meta']).toEqual({ text: ['simulated teacher'] })
  })
})
