import { stripVTControlCharacters } from 'node:util'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number
  /** Numbers read best from the right. Left when not given. */
  readonly align?: 'left' | 'right'
}

const visibleLength = (text: string): number => Array.from(stripVTControlCharacters(text)).length

/** Rows under titles, columns two spaces apart, no trailing blanks and no final newline. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((c) => String(c.value(row)))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => visibleLength(line[index] ?? ''))))
  const pad = (text: string, index: number): string => {
    const blanks = ' '.repeat((widths[index] ?? 0) - visibleLength(text))
    return columns[index]?.align === 'right' ? blanks + text : text + blanks
  }
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** Name and value pairs, the values in one column. */
export function renderPairs(pairs: readonly (readonly [name: string, value: string | number])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => visibleLength(name)))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n')
}
