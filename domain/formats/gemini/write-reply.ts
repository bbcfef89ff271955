import { clampToImage, isDegenerate, type ImageSize, type LabelledBox } from '../../box.ts'
import { xyxyToBox2d } from './box-2d.ts'

/**
 * Boxes as Gemini would have listed them: `box_2d` in integers of thousandths, y first, and `label`. Scores have no place
 * in it. Boxes are cut to the image; what is thinner than a thousandth of a side is left out.
 */
export function toGeminiReply(boxes: readonly LabelledBox[], size: ImageSize): string {
  const entries = boxes.flatMap(({ class: label, xyxy }) => {
    const inside = clampToImage(xyxy, size)
    const box = xyxyToBox2d(inside, size)
    const isThin = box[0] === box[2] || box[1] === box[3]
    return isThin || isDegenerate(inside) ? [] : [{ box_2d: box, label }]
  })
  if (entries.length === 0) return '[]\n'
  return `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`
}
