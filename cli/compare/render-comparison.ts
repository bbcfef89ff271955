import { differenceKinds, type DifferenceCounts } from '../../domain/compare-box-sets.ts'
import type { Interval } from '../../domain/metrics/scored-images.ts'
import { renderPairs, renderTable, type Column } from '../table.ts'
import type { CompareResult } from './compare-result.ts'

const range = ({ value, low, high }: Interval, digits: number): string =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`

/** The comparison for people: what the figures are made of first, then a table by class, then the worst images. */
export function renderComparison(result: CompareResult): string {
  const rows = [
    ...result.classes.map((row) => ({ ...row, name: row.class })),
    {
      name: 'all',
      a: result.a.boxes,
      b: result.b.boxes,
      agreements: result.agreements,
      f1: result.f1.value,
      kinds: result.kinds,
    },
  ]
  const table = renderTable<(typeof rows)[number]>(
    [
      { title: 'class', value: ({ name }) => name },
      { title: 'A', value: ({ a }) => a, align: 'right' },
      { title: 'B', value: ({ b }) => b, align: 'right' },
      { title: 'agreed', value: ({ agreements }) => agreements, align: 'right' },
      { title: 'F1', value: ({ f1 }) => f1.toFixed(3), align: 'right' },
      ...differenceKinds.map((kind): Column<{ kinds: DifferenceCounts }> => ({
        title: kind,
        value: ({ kinds }) => kinds[kind],
        align: 'right',
      })),
    ],
    rows,
  )
  const figures = renderPairs([
    ['A', result.a.name],
    ['B', result.b.name],
    ['images', imagesInWords(result)],
    ['F1 at IoU 0.5', range(result.f1, 3)],
    ['edits an image', range(result.editsPerImage, 2)],
  ])
  const worst = result.worst.map(
    ({ image, edits, saved }) => `  ${image}: ${edits} edits${saved === null ? '' : `, ${saved}`}`,
  )
  return [figures, table, ...(worst.length === 0 ? [] : [['Worst:', ...worst].join('\n')])].join('\n\n')
}

function imagesInWords({ images, onlyInA, onlyInB, ambiguous }: CompareResult): string {
  const left = [
    onlyInA > 0 ? `${onlyInA} only in A` : '',
    onlyInB > 0 ? `${onlyInB} only in B` : '',
    ambiguous > 0 ? `${ambiguous} with a name that fits several` : '',
  ].filter((part) => part !== '')
  return left.length === 0 ? String(images) : `${images} (left out: ${left.join(', ')})`
}
