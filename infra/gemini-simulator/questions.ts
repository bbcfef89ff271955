import { boxHeight, boxWidth } from '../../domain/box.ts'
import { box2dToXyxy } from '../../domain/formats/gemini/box-2d.ts'
import { contentResponse, fitting, jsonTokens, textTokens, type Detection, type Usage } from './answer.ts'
import type { ReplyContext } from './reply.ts'
import type { AskedFor } from './request-body.ts'
import type { TruthImage } from './truth.ts'

/** A picture of a question with what the simulated teacher sees on it. */
export interface SeenPicture {
  readonly image: TruthImage
  readonly context: ReplyContext
}

/**
 * The answer to a question that asks for something else than the boxes of one picture: points, solids, free text, or several
 * pictures at once. All of it rests on the same drawn boxes.
 */
export function questionReply(seen: readonly SeenPicture[], asked: AskedFor): unknown {
  const [first] = seen
  if (first === undefined) throw new Error('a question shows a picture')
  const { model, maxOutputTokens, isSchemaEnforced } = first.context
  const usage: Omit<Usage, 'outputTokens'> = {
    ...first.context.usage,
    imageTokens: seen.reduce((sum, { context }) => sum + context.usage.imageTokens, 0),
  }
  const plain = asked.form === 'text' ? inWords(seen) : listOf(seen, asked.form)
  const text = asked.form === 'text' || isSchemaEnforced ? plain : `\`\`\`json\n${plain}\n\`\`\``
  const tokens = asked.form === 'text' ? textTokens(text) : jsonTokens(text)
  const room = maxOutputTokens - usage.thoughtTokens
  if (tokens <= room) return contentResponse(model, text, 'STOP', { ...usage, outputTokens: tokens })
  const cut = fitting(text, room)
  return contentResponse(model, cut === '' ? null : cut, 'MAX_TOKENS', {
    ...usage,
    outputTokens: Math.max(0, room),
  })
}

function listOf(seen: readonly SeenPicture[], form: Exclude<AskedFor['form'], 'text'>): string {
  const entries = seen.flatMap(({ image, context }, index) =>
    context.detections.map((found) => ({
      ...(seen.length > 1 ? { image: index + 1 } : {}),
      ...entryOf(found, form, image),
    })),
  )
  return JSON.stringify(entries)
}

function entryOf(found: Detection, form: Exclude<AskedFor['form'], 'text'>, image: TruthImage): object {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = found.box_2d
  switch (form) {
    case 'boxes':
      return found
    case 'points':
      return { point: [Math.round((y1 + y2) / 2), Math.round((x1 + x2) / 2)], label: found.label }
    case 'boxes3d':
      return { label: found.label, box_3d: solidOf([y1, x1, y2, x2], image) }
  }
}

/** Nobody measured depths: every object is taken for as deep as wide and to begin a metre before a camera of 60 degrees. */
function solidOf(box: readonly [number, number, number, number], { size }: TruthImage): number[] {
  const xyxy = box2dToXyxy(box, size)
  const focal = size.width / (2 * Math.tan(Math.PI / 6))
  const [width, height] = [boxWidth(xyxy) / focal, boxHeight(xyxy) / focal]
  const x = ((xyxy[0] + xyxy[2]) / 2 - size.width / 2) / focal
  const z = (size.height / 2 - (xyxy[1] + xyxy[3]) / 2) / focal
  return [x, 1 + width / 2, z, width, width, height, 0, 0, 0].map((value) => Number(value.toFixed(4)))
}

function inWords(seen: readonly SeenPicture[]): string {
  const sentences = seen.map(({ context }, index) => {
    const counts = new Map<string, number>()
    for (const { label } of context.detections) counts.set(label, (counts.get(label) ?? 0) + 1)
    const words = [...counts].map(([label, count]) => `${count} ${label}`).join(', ')
    const where = seen.length > 1 ? `Image ${index + 1} shows` : 'The image shows'
    return `${where} ${words === '' ? 'nothing that I know' : words}.`
  })
  return `${sentences.join(' ')} (Answered by a simulator from published labels.)`
}
