import type { EvaluationRecord } from '../schemas/records/cycle.ts'
import type { Interval } from '../schemas/records/shared.ts'
import { html, nothing, type Markup } from './html.ts'
import type { CycleLine } from './report-data.ts'

export const figure = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined ? '–' : value.toFixed(digits)

export const range = ({ value, low, high }: Interval, digits = 3): Markup =>
  html`${value.toFixed(digits)} <span class="soft">[${low.toFixed(digits)}, ${high.toFixed(digits)}]</span>`

/** Teacher and student side by side, on the same reviewed test images. */
export function sideBySide(evaluation: EvaluationRecord): Markup {
  const { student, teacher, studentAp, studentMaskAp, testImages, valImages, threshold } = evaluation
  const teacherName = teacher?.simulated === true ? 'Teacher (simulated)' : 'Teacher'
  const row = (label: string, ofTeacher: Markup | string, ofStudent: Markup | string): Markup =>
    html`<tr>
      <td>${label}</td>
      <td class="num">${ofTeacher}</td>
      <td class="num">${ofStudent}</td>
    </tr>`
  const none = '–'
  return html` <div class="scroll">
      <table>
        <tr>
          <th></th>
          <th class="num">${teacherName}</th>
          <th class="num">Student</th>
        </tr>
        ${row('F1 at IoU 0.5', teacher === null ? none : range(teacher.f1), range(student.f1))}
        ${row('precision', figure(teacher?.precision), figure(student.precision))}
        ${row('recall', figure(teacher?.recall), figure(student.recall))}
        ${row('edits an image', teacher === null ? none : range(teacher.editsPerImage, 2), range(student.editsPerImage, 2))}
        ${row(studentMaskAp ? 'box mAP50' : 'mAP50', 'no scores', range(studentAp.map50))}
        ${row(studentMaskAp ? 'box mAP50-95' : 'mAP50-95', 'no scores', range(studentAp.map))}
        ${studentMaskAp ? row('mask mAP50', 'no scores', range(studentMaskAp.map50)) : nothing}
        ${studentMaskAp ? row('mask mAP50-95', 'no scores', range(studentMaskAp.map)) : nothing}
      </table>
    </div>
    <p class="soft">
      On ${testImages} reviewed test images; the student's confidence threshold ${threshold.toFixed(2)} was
      fixed on ${valImages} validation images. Brackets: 95 % intervals, resampled by group. The teacher gives
      no scores, so it has no mAP: F1 and edits (add, delete, move, relabel) compare the
      two${studentMaskAp ? ', by their boxes' : ''}.
    </p>`
}

/** One row a class; the student's average precision beside both sides' F1. */
export function byClass(
  { student, teacher, studentAp, studentMaskAp }: EvaluationRecord,
  before: EvaluationRecord | null,
): Markup {
  const counted = Object.values(student.byClass).some(({ right }) => right !== undefined)
  const columns = studentMaskAp
    ? ['box AP50', 'box AP50-95', 'mask AP50', 'mask AP50-95']
    : ['student AP50', 'student AP50-95']
  const rows = Object.entries(student.byClass).map(([name, { f1, boxes, right, wrong, missed }]) => {
    const ap = studentAp.byClass[name]
    const maskAp = studentMaskAp?.byClass[name]
    const earlier = before?.studentAp.byClass[name]
    return html`<tr>
      <td>${name}</td>
      <td class="num">${boxes}</td>
      <td class="num">${figure(teacher?.byClass[name]?.f1)}</td>
      <td class="num">${figure(f1)}</td>
      ${counted ? [right, wrong, missed].map((count) => html`<td class="num">${count ?? '–'}</td>`) : nothing}
      <td class="num">${figure(ap?.ap50)}</td>
      <td class="num">${figure(ap?.ap)}</td>
      ${studentMaskAp ? [maskAp?.ap50, maskAp?.ap].map((value) => html`<td class="num">${figure(value)}</td>`) : nothing}
      ${before === null ? nothing : html`<td class="num">${figure(earlier?.ap50)}</td>`}
    </tr>`
  })
  return html`<div class="scroll">
    <table>
      <tr>
        <th>class</th>
        <th class="num">boxes</th>
        <th class="num">teacher F1</th>
        <th class="num">student F1</th>
        ${counted ? ['right', 'wrong', 'missed'].map((name) => html`<th class="num">${name}</th>`) : nothing}
        ${columns.map((name) => html`<th class="num">${name}</th>`)}
        ${before === null ? nothing : html`<th class="num">AP50 before</th>`}
      </tr>
      ${rows}
    </table>
  </div>`
}

/** How the loop has gone so far, a line a cycle. */
export function historyTable(history: readonly CycleLine[]): Markup {
  const masks = history.some(({ maskMap }) => maskMap !== null)
  const rows = history.map(
    (line) =>
      html`<tr>
        <td>${line.cycle} (${line.mode})</td>
        <td class="num">${figure(line.teacherF1)}</td>
        <td class="num">${figure(line.studentF1)}</td>
        <td class="num">${figure(line.map50)}</td>
        <td class="num">${figure(line.map)}</td>
        ${masks ? html`<td class="num">${figure(line.maskMap)}</td>` : nothing}
        <td class="num">
          ${line.disagreementRate === null ? '–' : `${Math.round(100 * line.disagreementRate)} %`}
        </td>
        <td>${line.verdict ?? '–'}</td>
      </tr>`,
  )
  return html`<div class="scroll">
    <table>
      <tr>
        <th>cycle</th>
        <th class="num">teacher F1</th>
        <th class="num">student F1</th>
        <th class="num">mAP50</th>
        <th class="num">mAP50-95</th>
        ${masks ? html`<th class="num">mask mAP50-95</th>` : nothing}
        <th class="num">images that differ</th>
        <th>verdict</th>
      </tr>
      ${rows}
    </table>
  </div>`
}
