/** One epoch of a training as the trainer's `results.csv` tells it. */
export interface EpochRow {
  /** Counted from 1. */
  readonly epoch: number
  /** Seconds since the trainer started; begins again at 0 in a resumed run. */
  readonly time: number | null
  /** Of the training images, by name: `box`, `cls`, and `dfl` or `l1`; with outlines `seg` and more. */
  readonly losses: Readonly<Record<string, number>>
  /** Of boxes; of outlines where there are any. */
  readonly map50: number | null
  readonly map: number | null
  /** The line as written. */
  readonly line: string
}

export interface ResultsTable {
  readonly header: string
  /** One row an epoch, ascending. */
  readonly rows: readonly EpochRow[]
  readonly secondsPerEpoch: number | null
}

/**
 * Reads `results.csv` by its header, never by position: columns differ between model families. A resumed run writes the
 * epoch it repeats once more, so the last row of an epoch counts; a last line without its newline is still being written.
 */
export function parseResults(text: string): ResultsTable {
  const [header, ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split(/\r?\n/)
  const columns = (header ?? '').split(',').map((name) => name.trim())
  const rows = lines.flatMap((line) => readRow(columns, line))
  const byEpoch = new Map(rows.map((row) => [row.epoch, row]))
  return {
    header: header ?? '',
    rows: [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch),
    secondsPerEpoch: median(durations(rows)),
  }
}

function readRow(columns: readonly string[], line: string): EpochRow[] {
  const values = line.split(',').map((value) => value.trim())
  const read = (column: string): number | null => {
    const text = values[columns.indexOf(column)]
    const value = text === undefined || text === '' ? Number.NaN : Number(text)
    return Number.isFinite(value) ? value : null
  }
  const epoch = read('epoch')
  if (epoch === null || values.length !== columns.length) return []
  const losses = columns.flatMap((column) => {
    const [, name] = /^train\/(.+)_loss$/.exec(column) ?? []
    const value = name === undefined ? null : read(column)
    return name === undefined || value === null ? [] : [[name, value] as const]
  })
  return [
    {
      epoch,
      time: read('time'),
      losses: Object.fromEntries(losses),
      map50: read('metrics/mAP50(M)') ?? read('metrics/mAP50(B)'),
      map: read('metrics/mAP50-95(M)') ?? read('metrics/mAP50-95(B)'),
      line,
    },
  ]
}

/** Time between neighbouring rows of one process: where the clock goes back, another process began. */
function durations(rows: readonly EpochRow[]): number[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1]?.time ?? 0
    return row.time !== null && row.time > before ? [row.time - before] : []
  })
}

function median(values: readonly number[]): number | null {
  const ordered = [...values].sort((a, b) => a - b)
  return ordered[Math.floor(ordered.length / 2)] ?? null
}

/** The learning curve without repeated epochs, as CSV. */
export const toCurve = ({ header, rows }: ResultsTable): string =>
  [header, ...rows.map(({ line }) => line), ''].join('\n')
