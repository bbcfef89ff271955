import { objectSizes, type ObjectSize } from '../metrics/area-ranges.ts'
import type { EvaluationRecord } from '../schemas/records/cycle.ts'
import { html, nothing, type Markup } from './html.ts'

const spans: Readonly<Record<ObjectSize, string>> = {
  small: 'up to 32² pixels',
  medium: '32² to 96² pixels',
  large: 'from 96² pixels',
}

/** The student's average precision by the size of the object; nothing for records that do not have it. */
export function sizeTable({ studentAp: { bySize }, studentMaskAp }: EvaluationRecord): Markup {
  if (bySize === undefined) return nothing
  const masks = studentMaskAp?.bySize
  const rows = objectSizes.map((size) => {
    const figures = bySize[size]
    return html`<tr>
      <td>${size} <span class="soft">${spans[size]}</span></td>
      <td class="num">${figures?.boxes ?? 0}</td>
      <td class="num">${figures?.map50.toFixed(3) ?? '–'}</td>
      <td class="num">${figures?.map.toFixed(3) ?? '–'}</td>
      ${masks ? html`<td class="num">${masks[size]?.map.toFixed(3) ?? '–'}</td>` : nothing}
    </tr>`
  })
  return html`<h2>The student by size</h2>
    <div class="scroll">
      <table>
        <tr>
          <th>object</th>
          <th class="num">boxes</th>
          <th class="num">mAP50</th>
          <th class="num">mAP50-95</th>
          ${masks ? html`<th class="num">mask mAP50-95</th>` : nothing}
        </tr>
        ${rows}
      </table>
    </div>
    ${masks ? html`<p class="soft">A mask is as large as its own area, a box as its rectangle.</p>` : nothing}`
}
