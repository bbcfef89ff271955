import type { ConfusionCell } from '../metrics/confusion.ts'
import type { EvaluationRecord } from '../schemas/records/cycle.ts'
import { html, nothing, type Markup } from './html.ts'

/** More columns than this cannot be read: the classes with most mistakes are shown. */
const classesShown = 20
/** From here on the two matrices stand one above the other. */
const stackedFrom = 7
/** With more characters than this in all their names the columns' names stand on end. */
const namesAcross = 18

/** Rows are the truth, columns what was said; a cell's shade is its share of the row. */
export function confusionTables({ confusion, student, teacher }: EvaluationRecord): Markup {
  if (confusion === undefined) return nothing
  const classes = Object.keys(student.byClass)
  const teacherName = teacher?.simulated === true ? 'Teacher (simulated)' : 'Teacher'
  return html`<h2>What is taken for what</h2>
    <div class="matrices${classes.length < stackedFrom ? '' : ' stacked'}">
      ${confusion.teacher === null ? nothing : matrix(teacherName, confusion.teacher, classes)}${matrix('Student', confusion.student, classes)}
    </div>
    <p class="soft">
      Boxes paired whatever their class, at IoU 0.5; the student above its threshold. Rows are what is there,
      columns what was said; the shade is the share of the row.
    </p>`
}

function matrix(title: string, cells: readonly ConfusionCell[], known: readonly string[]): Markup {
  const said = cells.flatMap(({ predicted }) => predicted ?? [])
  const all = [...new Set([...known, ...said])]
  const classes = mostMistaken(all, cells)
  const counts = new Map(cells.map(({ truth, predicted, count }) => [keyOf(truth, predicted), count]))
  const axis: readonly (string | null)[] = [...classes, null]
  const rows = axis.map((truth) => {
    const total = cells.reduce((sum, cell) => sum + (cell.truth === truth ? cell.count : 0), 0)
    return html`<tr>
      <th title="${truth ?? ''}">${truth ?? html`<i>nothing there</i>`}</th>
      ${axis.map((predicted) => cell(counts.get(keyOf(truth, predicted)) ?? 0, total, { truth, predicted }))}
    </tr>`
  })
  const left = all.length - classes.length
  const onEnd = classes.join('').length > namesAcross
  return html`<div class="scroll">
    <table class="matrix${onEnd ? ' on-end' : ''}">
      <caption>
        ${title}${left === 0 ? '' : `: the ${classes.length} classes with most mistakes, ${left} more left out`}
      </caption>
      <tr>
        <th></th>
        ${axis.map((name) => html`<th class="num" title="${name ?? ''}"><span>${name ?? html`<i>missed</i>`}</span></th>`)}
      </tr>
      ${rows}
    </table>
  </div>`
}

function cell(count: number, total: number, pair: Pick<ConfusionCell, 'truth' | 'predicted'>): Markup {
  if (pair.truth === null && pair.predicted === null) return html`<td></td>`
  if (count === 0) return html`<td class="num soft">·</td>`
  const side = pair.truth === pair.predicted ? 'agreed' : 'mistaken'
  const title = `${pair.truth ?? 'nothing there'}, said: ${pair.predicted ?? 'nothing'}`
  return html`<td
    class="num ${side}"
    style="--share:${Math.round(10 + (60 * count) / total)}%"
    title="${title}"
  >
    ${count}
  </td>`
}

/** In their own order; only those with most cells off the diagonal when there are too many. */
function mostMistaken(classes: readonly string[], cells: readonly ConfusionCell[]): readonly string[] {
  if (classes.length <= classesShown) return classes
  const mistakes = new Map<string | null, number>()
  for (const { truth, predicted, count } of cells) {
    if (truth === predicted) continue
    for (const name of [truth, predicted]) mistakes.set(name, (mistakes.get(name) ?? 0) + count)
  }
  const worst = classes.toSorted((a, b) => (mistakes.get(b) ?? 0) - (mistakes.get(a) ?? 0))
  const shown = new Set(worst.slice(0, classesShown))
  return classes.filter((name) => shown.has(name))
}

const keyOf = (truth: string | null, predicted: string | null): string => JSON.stringify([truth, predicted])
