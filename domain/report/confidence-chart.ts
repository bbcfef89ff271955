import type { CurvePoint } from '../metrics/confidence-curve.ts'
import type { EvaluationRecord } from '../schemas/records/cycle.ts'
import { html, nothing, type Markup } from './html.ts'

const lines = ['precision', 'recall', 'f1'] as const
type Line = (typeof lines)[number]

const names: Readonly<Record<Line, string>> = { precision: 'precision', recall: 'recall', f1: 'F1' }

/** Plot area within the picture, in the picture's own units. */
const plot = { left: 44, top: 22, width: 640, height: 260 }
const right = plot.left + plot.width
const bottom = plot.top + plot.height

const across = (confidence: number): string => (plot.left + confidence * plot.width).toFixed(1)
const up = (share: number): string => (bottom - share * plot.height).toFixed(1)

/** Precision ends where nothing is predicted any more. */
const path = (curve: readonly CurvePoint[], line: Line): string =>
  curve
    .flatMap((point) => {
      const value = point[line]
      return value === null ? [] : [`${across(point.confidence)},${up(value)}`]
    })
    .join(' ')

const grid = (): Markup[] =>
  [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      html`<line class="grid" x1="${plot.left}" x2="${right}" y1="${up(share)}" y2="${up(share)}" />
        <text x="${plot.left - 8}" y="${up(share)}" dy="4" text-anchor="end">${share.toFixed(1)}</text>
        <text x="${across(share)}" y="${bottom + 18}" text-anchor="middle">${share.toFixed(1)}</text>`,
  )

/** The vertical line where the student speaks, with the three values there. */
function operatingPoint(curve: readonly CurvePoint[], threshold: number): Markup {
  const at = curve.find(({ confidence }) => Math.abs(confidence - threshold) < 1e-6)
  const flip = threshold > 0.6
  const dots = lines.flatMap((line) => {
    const value = at?.[line] ?? null
    return value === null
      ? []
      : [
          html`<circle class="${line}" cx="${across(threshold)}" cy="${up(value)}" r="4">
            <title>${names[line]} ${value.toFixed(3)}</title>
          </circle>`,
        ]
  })
  return html`<line
      class="threshold"
      x1="${across(threshold)}"
      x2="${across(threshold)}"
      y1="${plot.top - 6}"
      y2="${bottom}"
    />
    ${dots}
    <text
      x="${across(threshold)}"
      dx="${flip ? -6 : 6}"
      y="${plot.top - 8}"
      text-anchor="${flip ? 'end' : 'start'}"
    >
      operating threshold ${threshold.toFixed(2)}
    </text>`
}

/** The student's precision, recall and F1 against confidence as a drawing; nothing for records without a curve. */
export function confidenceChart({ studentAp: { curve }, threshold }: EvaluationRecord): Markup {
  if (curve === undefined || curve.length === 0) return nothing
  const best = curve.reduce((top, point) => (point.f1 > top.f1 ? point : top))
  return html`<h2>Precision, recall and F1 against confidence</h2>
    <ul class="key">
      ${lines.map((line) => html`<li><i class="${line}"></i>${names[line]}</li>`)}
    </ul>
    <div class="scroll">
      <svg
        class="chart"
        viewBox="0 0 ${right + 16} ${bottom + 44}"
        role="img"
        aria-label="The student's precision, recall and F1 against confidence"
      >
        ${grid()}${lines.map((line) => html`<polyline class="${line}" points="${path(curve, line)}" />`)}
        ${operatingPoint(curve, threshold)}
        <text x="${across(0.5)}" y="${bottom + 38}" text-anchor="middle">confidence</text>
      </svg>
    </div>
    <p class="soft">
      All classes together, COCO matching at IoU 0.5 on the test images. The threshold was fixed on validation
      images; the best F1 here, ${best.f1.toFixed(3)}, would be at ${best.confidence.toFixed(2)}.
    </p>`
}
