import { iou } from '../../iou.ts'
import type { GeminiBox, GeminiFault } from './types.ts'

/** Boxes of one class that overlap more than this are one thought said again. */
const sameIou = 0.9
/** As often as this is an honest duplicate, for the comparison to find; more often is a model in a loop. */
const honestRepeats = 3

/** Collapses each heap of more than three near-identical boxes of one class to its first, with a fault that says how many there were. */
export function collapseRepeats(boxes: readonly GeminiBox[]): {
  readonly boxes: readonly GeminiBox[]
  readonly faults: readonly GeminiFault[]
} {
  const heaps: { readonly first: GeminiBox; readonly members: GeminiBox[] }[] = []
  for (const box of boxes) {
    const heap = heaps.find(({ first }) => first.class === box.class && iou(first.xyxy, box.xyxy) > sameIou)
    if (heap) heap.members.push(box)
    else heaps.push({ first: box, members: [box] })
  }
  const loops = heaps.filter(({ members }) => members.length > honestRepeats)
  const gone = new Set(loops.flatMap(({ members }) => members.slice(1)))
  return {
    boxes: boxes.filter((box) => !gone.has(box)),
    faults: loops.map(({ first, members }) => ({
      kind: 'repeated-box',
      detail: `${first.class} ${members.length} times in one place`,
    })),
  }
}
