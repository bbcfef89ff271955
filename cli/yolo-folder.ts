import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from './errors.ts'

/** Names of the classes, one a line, beside label files. */
export const namesFile = 'classes.txt'
const DataYaml = z.object({ names: z.union([z.array(z.string()), z.record(z.string(), z.string())]) })

/** Paths of the label files below a folder, in order. */
export async function labelFilesBelow(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.txt') && entry.name !== namesFile)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/**
 * Names of the classes of label files: from `classes.txt`, or the `data.yaml` of the folder or of one of the three above it.
 * @throws UserError BadInput
 */
export async function classNamesOf(folder: string): Promise<string[]> {
  const listed = await readFile(join(folder, namesFile), 'utf8').catch(() => null)
  if (listed !== null) return listed.split(/\r?\n/).filter((name) => name !== '')
  let at = resolve(folder)
  for (let depth = 0; depth < 4; depth += 1) {
    for (const file of ['data.yaml', 'data.yml', 'dataset.yaml']) {
      const text = await readFile(join(at, file), 'utf8').catch(() => null)
      const names = text === null ? null : namesIn(text)
      if (names !== null) return names
    }
    at = dirname(at)
  }
  throw new UserError({
    code: 'BadInput',
    what: `Nobody says what the classes of ${folder} are called.`,
    why: `It has no ${namesFile}, and no data.yaml with names lies in it or in the folders above.`,
    fix: 'Write the names into classes.txt, one a line, or give --names a,b,c.',
  })
}

function namesIn(text: string): string[] | null {
  const data = DataYaml.safeParse(parse(text))
  if (!data.success) return null
  const { names } = data.data
  if (Array.isArray(names)) return names
  return Array.from({ length: Object.keys(names).length }, (_, index) => names[String(index)] ?? '')
}
