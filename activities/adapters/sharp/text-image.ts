import sharp from 'sharp'
import { fontFamilies, loadFontsFor } from './shipped-fonts.ts'

export interface TextImage {
  /** Raw RGBA pixels. */
  readonly pixels: Buffer
  readonly width: number
  readonly height: number
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const longest = 80
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** One line that can be drawn: no control characters, and not without end. */
function drawable(text: string): string {
  const line = text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .normalize('NFC')
  const parts = [...letters.segment(line)].map(({ segment }) => segment)
  return parts.length <= longest ? line : `${parts.slice(0, longest).join('')}…`
}

/**
 * A line of text in any script, in the fonts that come with us: right-to-left, joined and stacked letters are set as they
 * should be. Null when there is nothing to draw.
 * @param height of the letters, pixels
 * @param colour `#rrggbb`
 */
export async function textImage(text: string, height: number, colour: string): Promise<TextImage | null> {
  const line = drawable(text)
  if (line === '') return null
  await loadFontsFor(line)
  const markup = `<span foreground="${colour}">${line.replaceAll(/[&<>]/g, (sign) => escapes[sign] ?? sign)}</span>`
  const { data, info } = await sharp({
    text: { text: markup, font: `${fontFamilies} ${height}`, dpi: 72, rgba: true },
  })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height }
}
