import type { LabelledBox } from './box.ts'
import { iou } from './iou.ts'

/** Student boxes below are noise. */
const scoreFloor = 0.1
/** Boxes of any class that overlap more are one box said twice. */
const suppressionIou = 0.7

const scoreOf = ({ score }: LabelledBox): number => score ?? 0

/**
 * The student's boxes as they are compared with the teacher's: at least 0.10, and class-agnostic suppression at IoU 0.7,
 * best score first (its own NMS is by class and leaves one box of each class on a doubtful object).
 */
export function comparableBoxes<Box extends LabelledBox>(boxes: readonly Box[]): Box[] {
  const kept: Box[] = []
  const candidates = boxes.filter((box) => scoreOf(box) >= scoreFloor)
  for (const box of candidates.sort((a, b) => scoreOf(b) - scoreOf(a))) {
    if (kept.every((other) => iou(other.xyxy, box.xyxy) <= suppressionIou)) kept.push(box)
  }
  return kept
}
