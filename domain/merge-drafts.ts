import type { LabelledBox, Xyxy } from './box.ts'
import { iou } from './iou.ts'

/** Overlap from which two boxes of one class are one object (weighted boxes fusion, Solovyev 2021). */
const fusionIou = 0.55

export interface DraftBox extends LabelledBox {
  readonly source: 'teacher' | 'student' | 'both'
}

/**
 * Teacher's and student's boxes as one draft: what both see becomes one box halfway between theirs, with the student's score;
 * the rest is kept with its source. Drop the student's boxes below its operating threshold first.
 */
export function mergeDrafts(teacher: readonly LabelledBox[], student: readonly LabelledBox[]): DraftBox[] {
  const pairs = teacher
    .flatMap((a, i) =>
      student.map((b, j) => ({ i, j, a, b, overlap: a.class === b.class ? iou(a.xyxy, b.xyxy) : 0 })),
    )
    .filter(({ overlap }) => overlap >= fusionIou)
    .sort((x, y) => y.overlap - x.overlap || x.i - y.i || x.j - y.j)
  const taken = { teacher: new Set<number>(), student: new Set<number>() }
  const merged: DraftBox[] = []
  for (const { i, j, a, b } of pairs) {
    if (taken.teacher.has(i) || taken.student.has(j)) continue
    taken.teacher.add(i)
    taken.student.add(j)
    merged.push({ class: a.class, ...shapeOf(a, b), score: b.score, source: 'both' })
  }
  const alone = (boxes: readonly LabelledBox[], source: 'teacher' | 'student'): DraftBox[] =>
    boxes.filter((_, index) => !taken[source].has(index)).map((box) => ({ ...box, source }))
  return [...merged, ...alone(teacher, 'teacher'), ...alone(student, 'student')]
}

/** An outline and its box belong together: the student's where it drew one, else the teacher's; else a box halfway between. */
function shapeOf(a: LabelledBox, b: LabelledBox): Pick<LabelledBox, 'xyxy' | 'polygons'> {
  const outlined = [b, a].find(({ polygons }) => polygons !== undefined)
  if (outlined === undefined) return { xyxy: halfway(a.xyxy, b.xyxy) }
  return { xyxy: outlined.xyxy, polygons: outlined.polygons }
}

const halfway = (a: Xyxy, b: Xyxy): Xyxy => [
  (a[0] + b[0]) / 2,
  (a[1] + b[1]) / 2,
  (a[2] + b[2]) / 2,
  (a[3] + b[3]) / 2,
]
