import { readdir } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { YoloNames } from '../domain/schemas/label-files.ts'
import { UserError } from './errors.ts'
import { readText } from './read-text.ts'

/** Names of the classes, one a line, beside label files. */
export const namesFile = 'classes.txt'

/** Paths of the label files below a folder, in order: no lists of pictures or classes, and nothing hidden. */
export async function labelFilesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /^[^.].*\.txt$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isList(join(basename(resolve(folder)), relative(folder, file))))
    .sort()
}

const listNames = /^(classes|obj|train|val|valid|test|readme[\w.]*|requirements)\.txt$/i

/** In a folder `labels` a picture may be called anything; elsewhere these names are not those of pictures. */
function isList(file: string): boolean {
  const parts = file.split(/[/\\]/)
  const name = parts.at(-1) ?? ''
  return name === namesFile || (listNames.test(name) && !parts.includes('labels'))
}

/**
 * Names of the classes of label files: from the YAML file that somebody named, else `classes.txt`, else the `data.yaml` of the
 * folder or of one of the three above it.
 * @throws UserError BadInput
 */
export async function classNamesOf(folder: string, yaml: string | null = null): Promise<readonly string[]> {
  const listed = yaml === null ? await readText(join(folder, namesFile)).catch(() => null) : null
  if (listed !== null)
    return listed
      .split(/\r?\n/)
      .map((name) => name.trim())
      .filter(Boolean)
  for (const file of yaml === null ? yamlPlaces(folder) : [yaml]) {
    const text = await readText(file).catch(() => null)
    const names = text === null ? null : namesIn(text)
    if (names !== null) return names
  }
  throw new UserError({
    code: 'BadInput',
    what: `Nobody says what the classes of ${yaml ?? folder} are called.`,
    why: `It is no data.yaml with names, and no ${namesFile} or data.yaml lies in it or in the folders above.`,
    fix: `Write the names into ${namesFile} beside the labels, one a line, or name them as \`--help\` says.`,
  })
}

const yamlPlaces = (folder: string): string[] =>
  ['.', '..', '../..', '../../..'].flatMap((up) =>
    ['data.yaml', 'data.yml', 'dataset.yaml'].map((file) => resolve(folder, up, file)),
  )

function namesIn(text: string): readonly string[] | null {
  const data = YoloNames.safeParse(valueOf(text))
  if (!data.success) return null
  const { names } = data.data
  if (Array.isArray(names)) return names
  const last = Math.max(-1, ...Object.keys(names).map(Number).filter(Number.isInteger))
  return Array.from({ length: last + 1 }, (_, index) => names[String(index)] ?? '')
}

function valueOf(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}
