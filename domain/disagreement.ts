import type { LabelledBox } from './box.ts'
import type { DisagreementKind } from './contracts/disagreement-kinds.ts'
import { containment, iou } from './iou.ts'
import { outlineIou } from './mask-runs.ts'
import { goodIou, matchBoxes, matchIou } from './match.ts'
import { withoutCrowds } from './metrics/crowd.ts'
import { comparableBoxes } from './student-boxes.ts'

/** A student box that nothing of the teacher's answers is a difference only from this score on. */
const studentOnlyFloor = 0.15
/** Two boxes of one source and class that overlap more are one object drawn twice (the fusion threshold of Solovyev 2021). */
const duplicateIou = 0.55
/** Share of a box that must lie in another for it to count as a part of that: some of it may stick out. */
const groupContainment = 0.8

/** One typed difference between teacher and student on one image; boxes in displayed pixels. */
export interface Disagreement {
  readonly kind: DisagreementKind
  /** The teacher's box, or null where the teacher has none. */
  readonly teacher: LabelledBox | null
  readonly student: LabelledBox | null
  /** Of the boxes; of the outlines where only they differ. */
  readonly iou: number | null
}

/**
 * Every difference between the teacher's and the student's boxes of one image:
 * - `class-swap`: IoU >= 0.5, other class;
 * - `localisation`: same class, matched below IoU 0.75, or with outlines that cover each other by less than 0.5;
 * - `group`: an unmatched box of one that holds (containment >= 0.8) two or more unmatched boxes of the other, same class;
 * - `duplicate`: an unmatched box with IoU >= 0.55 to a matched box of its own source and class;
 * - `missed-by-teacher`, `missed-by-student`: what is left;
 * - `parse-fault`: the teacher's reply was damaged.
 * A teacher's box that the student confirms with any score from 0.10 is no difference.
 */
export function findDifferences(
  teacher: readonly LabelledBox[],
  studentBoxes: readonly LabelledBox[],
  replyDamaged: boolean,
): Disagreement[] {
  const found = differencesBetween(teacher, comparableBoxes(studentBoxes)).filter(isLoud)
  if (replyDamaged) found.push(between('parse-fault', undefined, undefined))
  return found
}

/** True unless the student alone claims something and says it with a score that is next to noise. */
const isLoud = ({ kind, teacher, student }: Disagreement): boolean =>
  teacher !== null || student === null || kind === 'group' || (student.score ?? 0) >= studentOnlyFloor

/**
 * Every difference between two sources' boxes, as {@link findDifferences} names them, whatever their scores: the first
 * stands as the teacher, the second as the student. Inside of a crowd region of either there is no difference.
 */
export function differencesBetween(
  teacherBoxes: readonly LabelledBox[],
  studentBoxes: readonly LabelledBox[],
): Disagreement[] {
  const { a: teacher, b: student } = withoutCrowds(teacherBoxes, studentBoxes)
  const { pairs } = matchBoxes(teacher, student)
  const firm = pairs.filter(({ pass }) => pass !== 'loose')
  const teacherSide = openSide(
    teacher,
    firm.map(({ a }) => a),
  )
  const studentSide = openSide(
    student,
    firm.map(({ b }) => b),
  )
  const found: Disagreement[] = []

  for (const pair of firm) {
    const [a, b] = [teacher[pair.a], student[pair.b]]
    if (pair.pass === 'any-class') found.push(between('class-swap', a, b))
    else if (pair.iou < goodIou) found.push(between('localisation', a, b))
    else {
      const masks = a?.polygons && b?.polygons ? outlineIou(a.polygons, b.polygons) : 1
      if (masks < matchIou) found.push({ ...between('localisation', a, b), iou: masks })
    }
  }
  for (const holder of takeGroups(teacherSide, studentSide)) found.push(between('group', holder, undefined))
  for (const holder of takeGroups(studentSide, teacherSide)) found.push(between('group', undefined, holder))
  for (const { a, b, pass } of pairs) {
    if (pass !== 'loose' || !teacherSide.open.has(a) || !studentSide.open.has(b)) continue
    teacherSide.open.delete(a)
    studentSide.open.delete(b)
    found.push(between('localisation', teacher[a], student[b]))
  }
  for (const index of teacherSide.open) {
    const box = teacher[index]
    found.push(between(repeatsMatched(box, teacherSide) ? 'duplicate' : 'missed-by-student', box, undefined))
  }
  for (const index of studentSide.open) {
    const box = student[index]
    found.push(between(repeatsMatched(box, studentSide) ? 'duplicate' : 'missed-by-teacher', undefined, box))
  }
  return found
}

/** True unless the student is the one who claims something and says it with less than `threshold`. */
export const isSpoken = ({ student }: Pick<Disagreement, 'student'>, threshold: number): boolean =>
  student === null || (student.score ?? 0) >= threshold

interface Side {
  readonly boxes: readonly LabelledBox[]
  readonly matched: readonly LabelledBox[]
  /** Indices that nothing accounts for yet. */
  readonly open: Set<number>
}

function openSide(boxes: readonly LabelledBox[], matched: readonly number[]): Side {
  const taken = new Set(matched)
  return {
    boxes,
    matched: boxes.filter((_, index) => taken.has(index)),
    open: new Set([...boxes.keys()].filter((index) => !taken.has(index))),
  }
}

/** Boxes of one side that hold two or more of the other's; holder and held are accounted for. */
function takeGroups(holders: Side, others: Side): LabelledBox[] {
  const groups: LabelledBox[] = []
  for (const index of holders.open) {
    const holder = holders.boxes[index]
    if (!holder) continue
    const held = [...others.open].filter((other) => {
      const box = others.boxes[other]
      return box?.class === holder.class && containment(box.xyxy, holder.xyxy) >= groupContainment
    })
    if (held.length < 2) continue
    holders.open.delete(index)
    for (const other of held) others.open.delete(other)
    groups.push(holder)
  }
  return groups
}

function repeatsMatched(box: LabelledBox | undefined, side: Side): boolean {
  return side.matched.some((other) => other.class === box?.class && iou(other.xyxy, box.xyxy) >= duplicateIou)
}

function between(
  kind: DisagreementKind,
  teacher: LabelledBox | undefined,
  student: LabelledBox | undefined,
): Disagreement {
  return {
    kind,
    teacher: teacher ?? null,
    student: student ?? null,
    iou: teacher && student ? iou(teacher.xyxy, student.xyxy) : null,
  }
}
