import type { LabelledBox } from '../box.ts'
import { html, nothing, type Markup } from './html.ts'
import type { GalleryTile } from './report-data.ts'

const shape = (side: string, { class: name, xyxy, score, polygons = [] }: LabelledBox): Markup => {
  const title = score === null ? `${side}: ${name}` : `${side}: ${name} ${score.toFixed(2)}`
  if (polygons.length > 0) {
    const rings = polygons.map(
      (ring) => `M${ring.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`,
    )
    return html`<path class="${side}" d="${rings.join('')}"><title>${title}</title></path>`
  }
  const [x1, y1, x2, y2] = xyxy
  return html`<rect
    class="${side}"
    x="${x1.toFixed(1)}"
    y="${y1.toFixed(1)}"
    width="${(x2 - x1).toFixed(1)}"
    height="${(y2 - y1).toFixed(1)}"
    ><title>${title}</title></rect
  >`
}

const tile = ({ image, width, height, picture, reason, teacher, student, person }: GalleryTile): Markup =>
  html` <figure>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${reason}">
      <image href="${picture}" width="${width}" height="${height}" />
      ${teacher.map((box) => shape('teacher', box))}${student.map((box) => shape('student', box))}${(person ?? []).map((box) => shape('person', box))}
    </svg>
    <figcaption>${reason}<br /><code class="soft">${image.slice(0, 12)}</code></figcaption>
  </figure>`

/** The worst disagreements in three colours, outlines where they are known. Hover a box for its class and score. */
export function gallery(tiles: readonly GalleryTile[], teacherName: string): Markup {
  if (tiles.length === 0) return html`<p class="soft">No image was compared in this cycle.</p>`
  const reviewed = tiles.some(({ person }) => person !== null)
  return html`<ul class="key">
      <li><i style="color:var(--teacher)"></i>${teacherName}</li>
      <li><i style="color:var(--student);border-top-style:dashed"></i>student</li>
      ${reviewed ? html`<li><i style="color:var(--person);border-top-style:dotted"></i>person</li>` : nothing}
    </ul>
    <div class="gallery">${tiles.map(tile)}</div>`
}
