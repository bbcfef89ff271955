import { z } from 'zod'
import type { TeacherReply, TokenUsage } from '../../roles/drafter.ts'

const count = z.int().min(0).catch(0)

/** Only what we use of a `GenerateContentResponse`. A field of another shape counts as missing. */
const Response = z.object({
  candidates: z
    .array(
      z.object({
        finishReason: z.string().nullish().catch(null),
        content: z
          .object({
            parts: z
              .array(
                z.object({ text: z.string().optional().catch(undefined), thought: z.boolean().catch(false) }),
              )
              .catch([]),
          })
          .nullish()
          .catch(null),
      }),
    )
    .catch([]),
  promptFeedback: z
    .object({ blockReason: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      toolUsePromptTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
    })
    .nullish()
    .catch(null),
  modelVersion: z.string().nullish().catch(null),
  responseId: z.string().nullish().catch(null),
})

/** Ends that are a verdict on the content: asking again would be paid for and answered the same. */
const blockedEnds: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
])

const cutEnds: ReadonlySet<string> = new Set(['MAX_TOKENS', 'CONTINUATION'])

/** What came back, sorted into text, block and nothing usable. `raw` must be plain JSON. */
export function readResponse(raw: unknown): TeacherReply {
  const response = Response.parse(raw)
  const { usageMetadata } = response
  const usage: TokenUsage = {
    prompt: (usageMetadata?.promptTokenCount ?? 0) + (usageMetadata?.toolUsePromptTokenCount ?? 0),
    output: usageMetadata?.candidatesTokenCount ?? 0,
    thoughts: usageMetadata?.thoughtsTokenCount ?? 0,
  }
  const base = {
    usage,
    modelVersion: response.modelVersion ?? null,
    responseId: response.responseId ?? null,
    raw,
  }
  const [candidate] = response.candidates
  if (candidate === undefined) {
    const block = response.promptFeedback?.blockReason ?? null
    return block === null
      ? { ...base, kind: 'unusable', reason: 'the answer holds no candidate' }
      : { ...base, kind: 'blocked', reason: `prompt: ${block}` }
  }
  const end = candidate.finishReason ?? 'STOP'
  if (blockedEnds.has(end)) return { ...base, kind: 'blocked', reason: end }
  const text = (candidate.content?.parts ?? [])
    .filter(({ thought }) => !thought)
    .map((part) => part.text ?? '')
    .join('')
  if (text.trim() === '') return { ...base, kind: 'unusable', reason: emptyReason(end, usage) }
  if (end === 'STOP') return { ...base, kind: 'text', text, finish: 'stop' }
  if (cutEnds.has(end)) return { ...base, kind: 'text', text, finish: 'cut' }
  return { ...base, kind: 'unusable', reason: `the answer ended with ${end}` }
}

const emptyReason = (end: string, { thoughts }: TokenUsage): string =>
  end === 'MAX_TOKENS'
    ? `all output tokens were used up before the answer began (${thoughts} on thinking): raise teacher.maxOutputTokens or lower teacher.thinking`
    : `the answer holds no text (${end})`
