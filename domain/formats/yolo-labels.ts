import type { LabelledBox } from '../box.ts'
import type { ReadLabels, SkippedLabel } from '../label-files.ts'
import { fromYoloOutline, fromYoloRow, parseLabelText } from './yolo.ts'

const unit = { width: 1, height: 1 }

/**
 * The labels of one YOLO file, of boxes or outlines, as shares of a picture. Rows that cannot be read are skipped, each with
 * its line; an empty file says that nothing is there. Shares up to a hundredth outside are cut, as the trainer does.
 */
export function readYoloLabels(text: string, file: string, names: readonly string[]): ReadLabels {
  const skipped: SkippedLabel[] = []
  const boxes = text.split(/\r?\n/).flatMap((line, index): LabelledBox[] => {
    const skip = (reason: SkippedLabel['reason'], detail: string): [] => {
      skipped.push({ file, reason, detail: `line ${index + 1}: ${detail}` })
      return []
    }
    const words = line.trim() === '' ? [] : line.trim().split(/\s+/)
    if (words.length === 0) return []
    const name = names[Number(words[0])]
    if (name === undefined) return skip('unknown-category', `no class has the number ${words[0] ?? ''}`)
    const found = readRow(words)
    if (typeof found === 'string') return skip('bad-box', found)
    return [{ class: name, score: null, ...found }]
  })
  return { files: [{ file, size: 'shares', boxes }], skipped }
}

const slack = 0.01

function readRow(words: readonly string[]): Pick<LabelledBox, 'xyxy' | 'polygons'> | string {
  const shares = words.slice(1).map(Number)
  // A sixth number says how sure a model was: the box is a box all the same.
  if (shares.length === 5) shares.pop()
  const [largest, least] = [Math.max(...shares), Math.min(...shares)]
  if (!Number.isFinite(largest) || !Number.isFinite(least))
    return `"${words.join(' ')}" holds what is no number`
  if (largest > 1 + slack || least < -slack)
    return `"${words.join(' ')}" is not in shares of the image (0 to 1), perhaps in pixels or percent`
  const cut = shares.map((share) => Math.min(1, Math.max(0, share)))
  try {
    const [row] = parseLabelText([words[0], ...cut].join(' '))
    if (row === undefined) return 'it is empty'
    if ('ring' in row) return fromYoloOutline(row, unit) ?? 'its outline encloses nothing'
    const xyxy = fromYoloRow(row, unit)
    return row.width > 0 && row.height > 0 ? { xyxy } : 'its box has no area'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
