import { countsInWords } from '../../domain/counts-in-words.ts'
import { spendInWords } from '../../domain/report/spend-in-words.ts'
import type { Interval } from '../../domain/schemas/records/shared.ts'
import { renderPairs, renderTable } from '../table.ts'
import type { DemoSummary } from './demo-summary.ts'

const number = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined ? '–' : value.toFixed(digits)

const range = (interval: Interval | undefined, digits = 3): string =>
  interval === undefined
    ? '–'
    : `${interval.value.toFixed(digits)} [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`

/** The table at the demo's end. Figures carry their intervals; what is simulated is named as such. */
export function renderDemo(summary: DemoSummary): string {
  return [
    sides(summary),
    classes(summary),
    renderPairs(facts(summary)),
    renderPairs(places(summary)),
    honesty(summary),
  ].join('\n\n')
}

function sides({ first, last, simulatedTeacher }: DemoSummary): string {
  const teacher = simulatedTeacher ? 'teacher (simulated)' : 'teacher (Gemini)'
  const rows = [
    {
      figure: 'F1 at IoU 0.5',
      teacher: range(last?.teacher?.f1),
      before: range(first?.student.f1),
      after: range(last?.student.f1),
    },
    {
      figure: 'edits an image',
      teacher: range(last?.teacher?.editsPerImage, 2),
      before: range(first?.student.editsPerImage, 2),
      after: range(last?.student.editsPerImage, 2),
    },
    {
      figure: 'mAP50',
      teacher: 'no scores',
      before: range(first?.studentAp.map50),
      after: range(last?.studentAp.map50),
    },
    {
      figure: 'mAP50-95',
      teacher: 'no scores',
      before: range(first?.studentAp.map),
      after: range(last?.studentAp.map),
    },
    ...(last?.studentMaskAp ? [maskRow(first?.studentMaskAp, last.studentMaskAp)] : []),
  ]
  return renderTable(
    [
      { title: `on ${last?.testImages ?? 0} test images`, value: (row) => row.figure },
      { title: teacher, value: (row) => row.teacher },
      { title: 'student, cycle 1', value: (row) => row.before },
      { title: 'student, after the night', value: (row) => row.after },
    ],
    rows,
  )
}

type Precision = NonNullable<DemoSummary['last']>['studentAp']

const maskRow = (first: Precision | null | undefined, last: Precision) => ({
  figure: 'mask mAP50-95',
  teacher: 'no scores',
  before: range(first?.map),
  after: range(last.map),
})

function classes({ first, last }: DemoSummary): string {
  const names = Object.keys(last?.studentAp.byClass ?? {})
  return renderTable(
    [
      { title: 'by class', value: (name) => name },
      { title: 'boxes', align: 'right', value: (name) => last?.studentAp.byClass[name]?.boxes ?? 0 },
      { title: 'teacher F1', align: 'right', value: (name) => number(last?.teacher?.byClass[name]?.f1) },
      {
        title: 'AP50 cycle 1',
        align: 'right',
        value: (name) => number(first?.studentAp.byClass[name]?.ap50),
      },
      { title: 'AP50 after', align: 'right', value: (name) => number(last?.studentAp.byClass[name]?.ap50) },
      { title: 'AP50-95 after', align: 'right', value: (name) => number(last?.studentAp.byClass[name]?.ap) },
      { title: 'student F1 after', align: 'right', value: (name) => number(last?.student.byClass[name]?.f1) },
    ],
    names,
  )
}

const facts = ({ disagreements, counts, spend, cycles, seconds }: DemoSummary) => [
  [
    'verdicts',
    cycles.map(({ cycle, verdict }) => `cycle ${cycle}: ${verdict ?? 'none'}`).join(', '),
  ] as const,
  ['disagreements', countsInWords(disagreements)] as const,
  ...counts,
  ['spend', `${spendInWords(spend)} in ${spend.calls} calls`] as const,
  ['took', `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`] as const,
]

const places = ({ links }: DemoSummary) => [
  ['Temporal UI', links.temporal ?? 'none'] as const,
  ['Label Studio', links.labelStudio ?? 'none'] as const,
  ['report', links.report] as const,
]

const honesty = ({ simulatedTeacher }: DemoSummary): string =>
  [
    simulatedTeacher
      ? 'The teacher was simulated: drafts come from published labels through a made-up error profile, and its spend is made up.'
      : 'The teacher was the real Gemini.',
    'The reviewer was a stand-in that submitted the published labels. All else ran for real: Temporal, MinIO, Label Studio, Ultralytics, ONNX Runtime.',
    'Brackets are 95 % intervals. The stack stays up: `understudy status`, `understudy down`.',
  ].join('\n')
