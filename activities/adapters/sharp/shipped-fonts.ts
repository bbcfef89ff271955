import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import sharp from 'sharp'
import { decompress } from 'wawoff2'
import { z } from 'zod'
import { cacheFolderIn } from '../../../domain/cache-folder.ts'

interface Family {
  /** As the font calls itself. */
  readonly name: string
  readonly packageName: string
  readonly style: string
  /** Asked for whatever no other family has. */
  readonly last: boolean
}

const noto = (name: string): Family => ({
  name: `Noto ${name}`,
  packageName: `@fontsource-variable/${`noto ${name}`.toLowerCase().replaceAll(' ', '-')}`,
  style: 'wght-normal',
  last: false,
})

/**
 * The fonts that come with us, in the order in which they are asked for a character (SIL Open Font License 1.1). The last one
 * has a glyph for nearly everything, drawn in dots.
 */
const families: readonly Family[] = [
  ...['Sans', 'Sans Arabic', 'Sans Hebrew', 'Sans Thai', 'Emoji', 'Sans SC', 'Sans JP', 'Sans KR'].map(noto),
  { name: 'UnifontExMono', packageName: '@fontsource/unifontex', style: '400-normal', last: true },
]

/** What texts are set in: what one font lacks is looked for in the next, and then in the system's. */
export const fontFamilies = families.map(({ name }) => name).join(',')

/** Scripts that the families before the last draw; their lists of characters claim others, too. */
const drawn =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Devanagari}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Common}\p{Script=Inherited}]$/u

/** A part of a family in a file of its own, with the characters that it holds. */
interface FontFile {
  readonly path: string
  readonly isLast: boolean
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

const UnicodeRanges = z.record(z.string(), z.string())
const require = createRequire(import.meta.url)

const readRanges = (list: string): FontFile['ranges'] =>
  list.split(',').map((range) => {
    const [first = '', last = first] = range.replace('U+', '').split('-')
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)]
  })

const everything: FontFile['ranges'] = [[0, 0x10_ff_ff]]

async function filesOf({ packageName, style, last }: Family): Promise<FontFile[]> {
  const list = require.resolve(`${packageName}/unicode.json`)
  // A family that is not cut into parts has one file, and an empty list.
  const parts = last ? { latin: '' } : UnicodeRanges.parse(JSON.parse(await readFile(list, 'utf8')))
  return Object.entries(parts).map(([part, ranges]) => ({
    isLast: last,
    path: join(
      dirname(list),
      'files',
      `${basename(packageName)}-${part.replaceAll(/[[\]]/g, '')}-${style}.woff2`,
    ),
    ranges: last ? everything : readRanges(ranges),
  }))
}

let known: Promise<readonly FontFile[]> | null = null
const loaded = new Map<string, Promise<void>>()

/** Makes the shipped fonts known that hold the characters of a text. Each file is unpacked once a machine, some ten milliseconds. */
export async function loadFontsFor(text: string): Promise<void> {
  known ??= Promise.all(families.map(filesOf)).then((files) => files.flat())
  const files = await known
  const needed = new Set<string>()
  for (const character of new Set(text)) {
    const code = character.codePointAt(0) ?? 0
    const holding = files.filter(({ ranges }) =>
      ranges.some(([first, last]) => code >= first && code <= last),
    )
    const enough = drawn.test(character) && holding.some(({ isLast }) => !isLast)
    for (const { path, isLast } of holding) if (!isLast || !enough) needed.add(path)
  }
  for (const path of needed) {
    const loading = loaded.get(path) ?? load(path)
    loaded.set(path, loading)
    await loading
  }
}

const Manifest = z.object({ version: z.string() })

/**
 * The font as a file of the user's cache: the text renderer opens it when it needs it, so it must outlive the process. Written
 * once for each version of the package; under a name of its own first, because others write the same.
 */
async function unpacked(path: string): Promise<string> {
  const packageFolder = dirname(dirname(path))
  const { version } = Manifest.parse(JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')))
  const cache = cacheFolderIn(process.env, process.platform, homedir())
  const folder = join(cache, 'fonts', `${basename(packageFolder)}-${version}`)
  const fontfile = join(folder, basename(path).replace(/\.woff2$/, '.ttf'))
  if (existsSync(fontfile)) return fontfile
  await mkdir(folder, { recursive: true })
  const own = `${fontfile}.${process.pid}`
  await writeFile(own, await decompress(await readFile(path)))
  await rename(own, fontfile)
  return fontfile
}

async function load(path: string): Promise<void> {
  const fontfile = await unpacked(path)
  // Drawing with a file once makes it one of those that later texts fall back on.
  await sharp({ text: { text: '.', font: 'Noto Sans', fontfile } })
    .raw()
    .toBuffer()
}
