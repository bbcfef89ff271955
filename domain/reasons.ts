import type { LabelledBox } from './box.ts'
import type { BatchKind } from './contracts/disagreement-kinds.ts'
import type { Disagreement } from './disagreement.ts'
import { countsInWords } from './counts-in-words.ts'

const byClass = (boxes: readonly (LabelledBox | null)[]): string => {
  const counts = new Map<string, number>()
  for (const box of boxes) if (box !== null) counts.set(box.class, (counts.get(box.class) ?? 0) + 1)
  return countsInWords(Object.fromEntries(counts))
}

/** What teacher and student differ on, in one sentence for the reviewer. */
export function disagreementReason(differences: readonly Disagreement[], simulated: boolean): string {
  const teacher = simulated ? 'the simulated teacher' : 'Gemini'
  const of = (kind: Disagreement['kind']): readonly Disagreement[] =>
    differences.filter((one) => one.kind === kind)
  const parts: string[] = []
  const missedByTeacher = of('missed-by-teacher')
  if (missedByTeacher.length > 0) {
    parts.push(`only the student sees ${byClass(missedByTeacher.map(({ student }) => student))}`)
  }
  const missedByStudent = of('missed-by-student')
  if (missedByStudent.length > 0) {
    parts.push(`only ${teacher} sees ${byClass(missedByStudent.map(({ teacher: box }) => box))}`)
  }
  for (const [names, count] of swaps(of('class-swap'))) {
    parts.push(`${count} ${count === 1 ? 'box is' : 'boxes are'} ${names}`)
  }
  const places = of('localisation').length
  if (places > 0) parts.push(`${places} ${places === 1 ? 'box is' : 'boxes are'} placed differently`)
  const doubles = of('duplicate').length
  if (doubles > 0) parts.push(`${doubles} drawn twice`)
  const groups = of('group').length
  if (groups > 0) parts.push(`${groups} may hold several objects`)
  if (of('parse-fault').length > 0) parts.push(`the reply of ${teacher} was damaged`)
  return parts.length === 0 ? 'No difference found.' : `${sentence(parts.join('; '))}.`
}

function swaps(differences: readonly Disagreement[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { teacher, student } of differences) {
    const names = `${teacher?.class ?? '?'} or ${student?.class ?? '?'}`
    counts.set(names, (counts.get(names) ?? 0) + 1)
  }
  return counts
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/**
 * Why an image stands in a batch although nothing is known against it. `draft` is null where the teacher gave no usable
 * answer: an empty draft says "nothing there", a missing one says nothing.
 */
export function plainReason(
  kind: Extract<BatchKind, 'held-out' | 'audit' | 'cold-start'>,
  draft: readonly LabelledBox[] | null,
): string {
  const boxes = draft === null ? 'no draft: draw every box' : `drafted: ${byClass(draft)}`
  switch (kind) {
    case 'held-out':
      return `Held-out image: its review is what models are measured against (${boxes}).`
    case 'audit':
      return `Drawn at random to check the drafts (${boxes}).`
    case 'cold-start':
      return `One of the first images to learn from (${boxes}).`
  }
}
