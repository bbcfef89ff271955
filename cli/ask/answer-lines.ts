import type { Annotation, Answer } from '../../activities/compose-asking.ts'
import { projectEdges } from '../../domain/box-3d.ts'
import { classColour } from '../../domain/class-colours.ts'
import type { AnswerItem } from '../../domain/formats/gemini/read-answer.ts'

type PictureAnswer = Answer['pictures'][number]

/** What scripts rely on, a line a picture: everything in pixels of the picture as displayed. */
export const asJson = ({ picture, items }: PictureAnswer, { text, losses }: Answer) => ({
  image: picture.label,
  ...picture.size,
  ...(text === null ? { items: items.map(itemAsJson) } : { text }),
  ...(losses.length === 0 ? {} : { skipped: losses.map(({ kind, detail }) => ({ kind, detail })) }),
})

function itemAsJson(item: AnswerItem) {
  const { label } = item
  if ('xy' in item) return { label, xy: item.xy }
  if ('box3d' in item) return { label, box3d: item.box3d }
  return { label, xyxy: item.xyxy, ...(item.polygons === undefined ? {} : { polygons: item.polygons }) }
}

export function asText({ picture, items }: PictureAnswer, { text }: Answer): string {
  if (text !== null) return `${picture.label}:\n${text}`
  if (items.length === 0) return `${picture.label}: nothing found`
  return [`${picture.label}: ${items.length} found`, ...items.map(itemAsText)].join('\n')
}

const rounded = (values: readonly number[], digits = 0): string =>
  values.map((value) => value.toFixed(digits)).join(', ')

function itemAsText(item: AnswerItem, index: number): string {
  const name = `  ${index + 1}. ${item.label}`
  if ('xy' in item) return `${name}  at ${rounded(item.xy)}`
  if ('box3d' in item) {
    const { centre, size, rotation } = item.box3d
    return `${name}  centre ${rounded(centre, 2)} m, size ${rounded(size, 2)} m, turned ${rounded(rotation)}°`
  }
  const outline = item.polygons === undefined ? '' : ', with its outline'
  return `${name}  box ${rounded(item.xyxy)}${outline}`
}

/** One colour a label; points carry their number, by which the text names them. */
export function asAnnotations({ picture, items }: PictureAnswer, fieldOfView: number): Annotation[] {
  const labels = [...new Set(items.map(({ label }) => label))]
  return items.map((item, index): Annotation => {
    const shared = { label: item.label, colour: classColour(labels.indexOf(item.label)) }
    if ('xy' in item) return { ...shared, label: `${index + 1} ${item.label}`, xy: item.xy }
    if ('box3d' in item) return { ...shared, edges: projectEdges(item.box3d, picture.size, fieldOfView) }
    return { ...shared, xyxy: item.xyxy, polygons: item.polygons }
  })
}
