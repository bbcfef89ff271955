import { expect, test } from 'vitest'
import { readResponse } from '../../../../../activities/adapters/gemini/reply.ts'

const text = '[{"box_2d": [1, 2, 3, 4], "label": "cat"}]'
const candidate = (finishReason: string | undefined, parts: unknown) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
})

test.each([
  ['a finished text', candidate('STOP', [{ text }]), { kind: 'text', text, finish: 'stop' }],
  ['a text in two parts', candidate('STOP', [{ text: '[' }, { text: ']' }]), { kind: 'text', text: '[]' }],
  ['thoughts before the text', candidate('STOP', [{ text: 'hm', thought: true }, { text }]), { text }],
  ['a text without an end', candidate(undefined, [{ text }]), { kind: 'text', finish: 'stop' }],
  ['a cut text', candidate('MAX_TOKENS', [{ text: '[{' }]), { kind: 'text', text: '[{', finish: 'cut' }],
  ['a text to be continued', candidate('CONTINUATION', [{ text: '[{' }]), { finish: 'cut' }],
  ['no text for lack of tokens', candidate('MAX_TOKENS', undefined), { kind: 'unusable' }],
  ['nothing but thoughts', candidate('STOP', [{ text: 'hm', thought: true }]), { kind: 'unusable' }],
  ['an empty text', candidate('STOP', [{ text: '' }]), { kind: 'unusable' }],
  ['a malformed response', candidate('MALFORMED_RESPONSE', [{ text }]), { kind: 'unusable' }],
  ['an end nobody knows', candidate('NEW_REASON', [{ text }]), { kind: 'unusable' }],
  ['an unsafe candidate', candidate('SAFETY', [{ text }]), { kind: 'blocked', reason: 'SAFETY' }],
  [
    'a recitation',
    { candidates: [{ finishReason: 'RECITATION' }] },
    { kind: 'blocked', reason: 'RECITATION' },
  ],
  [
    'a blocked prompt',
    { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } },
    { kind: 'blocked', reason: 'prompt: PROHIBITED_CONTENT' },
  ],
  ['no candidate at all', { candidates: [] }, { kind: 'unusable' }],
  ['an empty answer', {}, { kind: 'unusable' }],
])('sorts %s', (_, raw, expected) => {
  expect(readResponse(raw)).toMatchObject(expected)
})

test('bills what the usage says, and takes missing counts as none', () => {
  const usageMetadata = { promptTokenCount: 1199, candidatesTokenCount: 300, thoughtsTokenCount: 500 }
  expect(readResponse({ ...candidate('STOP', [{ text }]), usageMetadata }).usage).toEqual({
    prompt: 1199,
    output: 300,
    thoughts: 500,
  })
  expect(readResponse({ usageMetadata: { promptTokenCount: 'many' } }).usage.prompt).toBe(0)
})
