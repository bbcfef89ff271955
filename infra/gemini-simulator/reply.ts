import type { AnswerFault, StagedFault, TextFault } from './fault-script.ts'
import {
  blockedResponse,
  contentResponse,
  fitting,
  jsonTokens,
  type Detection,
  type Usage,
} from './answer.ts'

export interface ReplyContext {
  readonly model: string
  readonly detections: readonly Detection[]
  /** Without an enforced schema the model wraps its JSON in a code fence. */
  readonly isSchemaEnforced: boolean
  readonly maxOutputTokens: number
  /** Output tokens are filled in. */
  readonly usage: Omit<Usage, 'outputTokens'>
}

const entryText = ({ box_2d, mask, label, polygon }: Detection): string => {
  const members = [
    `"box_2d": [${box_2d.join(', ')}]`,
    ...(mask === undefined ? [] : [`"mask": ${JSON.stringify(mask)}`]),
    `"label": ${JSON.stringify(label)}`,
    ...(polygon === undefined ? [] : [`"polygon": ${JSON.stringify(polygon)}`]),
  ]
  return `  {${members.join(', ')}}`
}

const listText = (detections: readonly Detection[]): string =>
  `[\n${detections.map(entryText).join(',\n')}\n]`

const fenced = (text: string): string => `\`\`\`json\n${text}\n\`\`\``

/** The body of a 200 answer, with a fault played into it. */
export function replyBody(
  context: ReplyContext,
  { answer, text: textFault }: Pick<StagedFault, 'answer' | 'text'>,
): unknown {
  if (answer !== null) return faultyAnswer(context, answer)
  const { isSchemaEnforced, detections, maxOutputTokens, usage } = context
  const plain = isSchemaEnforced ? listText(detections) : fenced(listText(detections))
  const text = textFault === null ? plain : faultyText(detections, textFault)
  const room = maxOutputTokens - usage.thoughtTokens
  if (jsonTokens(text) <= room) return respond(context, text, 'STOP')
  const cut = fitting(text, room)
  return respond(context, cut === '' ? null : cut, 'MAX_TOKENS')
}

function respond({ model, usage }: ReplyContext, text: string | null, end: string): unknown {
  return contentResponse(model, text, end, { ...usage, outputTokens: text === null ? 0 : jsonTokens(text) })
}

function faultyAnswer(context: ReplyContext, fault: AnswerFault): unknown {
  const { model, usage, detections } = context
  switch (fault.kind) {
    case 'prompt-blocked':
      return blockedResponse(model, fault.reason, { ...usage, outputTokens: 0 })
    case 'ended':
      return respond(context, null, fault.finishReason)
    case 'no-candidates':
      return { candidates: [], modelVersion: model }
    case 'empty-parts':
      return respond(context, '', 'STOP')
    case 'refusal':
      return respond(context, 'I am sorry, but I cannot see any picture.', 'STOP')
    case 'cut': {
      const text = listText(detections)
      const kept = fault.keep === 0 ? null : text.slice(0, Math.ceil(text.length * fault.keep))
      return respond(context, kept, fault.finishReason ?? 'MAX_TOKENS')
    }
    case 'other-model':
      return replyBody({ ...context, model: fault.model }, { answer: null, text: null })
    case 'number-loop': {
      const first = listText(detections.slice(0, 2)).replace(/\n\]$/, '')
      return respond(context, `${first},\n  {"box_2d": [12, 3${'0'.repeat(2000)}`, 'MAX_TOKENS')
    }
  }
}

function faultyText(detections: readonly Detection[], fault: TextFault): string {
  const changeFirst = (change: Partial<Detection>): string =>
    listText(detections.map((found, index) => (index === 0 ? { ...found, ...change } : found)))
  switch (fault.kind) {
    case 'fenced':
      return fenced(listText(detections))
    case 'prose':
      return `Here is what I found [see below]:\n\n${listText(detections)}\n\nLet me know if you'd like "more" detail.`
    case 'wrapped':
      return JSON.stringify({
        detections: detections.map(({ label, ...rest }) => ({ ...rest, class_name: label })),
      })
    case 'box-loop':
      return listText(
        detections.slice(0, 1).flatMap((first) => Array.from({ length: fault.times }, () => first)),
      )
    case 'swapped-axes':
      return listText(mapBoxes(detections, ([y1, x1, y2, x2]) => [x1, y1, x2, y2]))
    case 'inverted':
      return listText(mapBoxes(detections, ([y1, x1, y2, x2]) => [y2, x1, y1, x2]))
    case 'other-scale':
      return listText(
        mapBoxes(detections, (box) => box.map((v) => Number(((v * fault.to) / 1000).toFixed(3)))),
      )
    case 'wild-number':
      return changeFirst({ box_2d: [1, 2, 3, 55_555] })
    case 'seg-tokens':
      return listText(
        detections.map((found) => ({ ...found, mask: '<start_of_mask><seg_35><seg_65><seg_9>' })),
      )
    case 'broken-mask':
      return listText(
        detections.map((found) =>
          found.mask === undefined ? found : { ...found, mask: found.mask.slice(0, 90) },
        ),
      )
    case 'swapped-outlines':
      return listText(
        detections.map((found) =>
          found.polygon === undefined
            ? found
            : { ...found, polygon: found.polygon.map((point) => point.toReversed()) },
        ),
      )
    case 'stray-outlines':
      return listText(
        detections.map((found) =>
          found.polygon === undefined
            ? found
            : {
                ...found,
                polygon: [
                  [0, 0],
                  [9, 0],
                  [9, 9],
                ],
              },
        ),
      )
    case 'unknown-label':
      return changeFirst({ label: fault.label })
  }
}

const mapBoxes = (
  detections: readonly Detection[],
  change: (box: [number, number, number, number]) => readonly number[],
): Detection[] =>
  detections.map(({ box_2d: [y1 = 0, x1 = 0, y2 = 0, x2 = 0], ...rest }) => ({
    ...rest,
    box_2d: change([y1, x1, y2, x2]),
  }))
