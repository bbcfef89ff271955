import type { BatchKind } from '../contracts/disagreement-kinds.ts'
import type { DraftSource } from '../metrics/edit-figures.ts'
import type { EvaluationRecord } from '../schemas/records/cycle.ts'
import { range } from './figures.ts'
import { html, nothing, type Markup } from './html.ts'

type Edits = NonNullable<EvaluationRecord['edits']>
type Row = Edits['all']

const streams: Readonly<Record<BatchKind, string>> = {
  audit: 'drawn at random (audit)',
  'held-out': 'held out for validation and test',
  'cold-start': 'first batch',
  ranked: 'most likely wrong',
  diverse: 'unlike the rest',
}

const sources: Readonly<Record<DraftSource, string>> = {
  teacher: 'teacher alone',
  student: 'student alone',
  both: 'teacher and student agreed',
  person: 'an earlier review',
}

const rowHead = html`<th class="num">images</th>
  <th class="num">edits an image</th>
  <th class="num">F1 of the draft</th>
  <th class="num">added</th>
  <th class="num">deleted</th>
  <th class="num">moved</th>
  <th class="num">relabelled</th>
  <th class="num">seconds</th>`

const row = (label: Markup | string, one: Row): Markup =>
  html`<tr>
    <td>${label}</td>
    <td class="num">${one.images}</td>
    <td class="num">${range(one.editsPerImage, 2)}</td>
    <td class="num">${range(one.f1)}</td>
    <td class="num">${one.added}</td>
    <td class="num">${one.deleted}</td>
    <td class="num">${one.moved}</td>
    <td class="num">${one.relabelled}</td>
    <td class="num">${one.secondsPerImage?.toFixed(0) ?? '–'}</td>
  </tr>`

/** What people had to change in the drafts they were shown, apart from the test figures; nothing before the first review. */
export function editTables({ edits }: EvaluationRecord): Markup {
  if (edits === undefined || edits === null) return nothing
  const audited = edits.byStream.some(({ stream }) => stream === 'audit')
  const said = audited
    ? 'only the rows drawn at random (audit) say how good drafts are.'
    : 'no image drawn at random (audit) is reviewed yet, so nothing here says how good drafts are.'
  const scratch =
    edits.fromScratch === 0 ? '' : ` ${edits.fromScratch} images had no draft and are not counted.`
  const simulated = edits.simulated ? ' The teacher was simulated.' : ''
  const standIn = edits.standIn ? ' The stand-in reviewer of the demo answered, not people.' : ''
  return html`<h2>What reviewers changed</h2>
    <p class="soft">
      All reviewed images, not the test images alone. Queued images are chosen for their errors:
      ${said}${scratch}${simulated}${standIn} Brackets: 95 % intervals, resampled by group. A box counts as
      moved below IoU 0.75.
    </p>
    <div class="scroll">
      <table>
        <tr>
          <th>why it was queued</th>
          ${rowHead}
        </tr>
        ${edits.byStream.map((one) => row(one.stream === 'audit' ? html`<b>${streams.audit}</b>` : streams[one.stream], one))}
        ${row('all', edits.all)}
      </table>
    </div>
    <div class="scroll">
      <table>
        <tr>
          <th>reviewer</th>
          ${rowHead}
        </tr>
        ${edits.byReviewer.map((one) => row(one.reviewer, one))}
      </table>
    </div>
    ${bySource(edits)}`
}

const bySource = ({ bySource: rows }: Edits): Markup =>
  html`<div class="scroll">
    <table>
      <tr>
        <th>whose box it was</th>
        ${['shown', 'kept', 'nudged', 'moved', 'relabelled', 'deleted'].map((name) => html`<th class="num">${name}</th>`)}
      </tr>
      ${rows.map(
        ({ source, shown, kept, nudged, moved, relabelled, deleted }) =>
          html`<tr>
            <td>${sources[source]}</td>
            <td class="num">${shown}</td>
            ${[kept, nudged, moved, relabelled, deleted].map((count) => html`<td class="num">${count} <span class="soft">(${percent(count, shown)})</span></td>`)}
          </tr>`,
      )}
    </table>
  </div>`

const percent = (count: number, of: number): string => `${Math.round((100 * count) / Math.max(1, of))} %`
