import { glob, readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, sep } from 'node:path'

export interface PictureFile {
  /** As the person gave it, or found below the folder that was given. */
  readonly path: string
  /** What results about it are filed under: its path below the given folder, or its own name; unique in a list. */
  readonly name: string
}

const pictureExtensions = new Set(['.png', '.jpg', '.jpeg', '.webp'])
const videoExtensions = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg'])

const hasExtension = (path: string, known: ReadonlySet<string>): boolean =>
  known.has(extname(path).toLowerCase())

export const isVideo = (path: string): boolean => hasExtension(path, videoExtensions)

/**
 * The pictures and videos behind files, folders and patterns on a command line, in their order. Folders are searched to
 * the bottom, for pictures only: one forgotten video would be a thousand frames. A pattern that fits nothing stays as it
 * is, and is reported when it is read.
 */
export async function findPictures(paths: readonly string[]): Promise<PictureFile[]> {
  const found = new Map<string, string>()
  for (const path of paths) {
    for (const [file, name] of await filesBehind(path)) found.set(file, name)
  }
  const taken = new Set<string>()
  return [...found].map(([path, wanted]) => {
    let name = wanted
    for (let count = 2; taken.has(name); count += 1)
      name = join(dirname(wanted), `${count}-${basename(wanted)}`)
    taken.add(name)
    return { path, name }
  })
}

type Found = readonly (readonly [path: string, name: string])[]

async function filesBehind(path: string): Promise<Found> {
  const kind = await kindOf(path)
  if (kind === 'folder') return (await picturesBelow(path)).map((file) => [file, relative(path, file)])
  if (kind === 'none' && /[*?[{]/.test(path)) {
    const matches = await filesMatching(path)
    if (matches.length > 0) return matches
  }
  return [[path, basename(path)]]
}

async function filesMatching(pattern: string): Promise<Found> {
  const plain = pattern.split(sep).findIndex((part) => /[*?[{]/.test(part))
  const base = pattern.split(sep).slice(0, plain).join(sep)
  const matches: string[] = []
  for await (const match of glob(pattern)) {
    if (hasExtension(match, pictureExtensions) || isVideo(match)) matches.push(match)
    else if ((await kindOf(match)) === 'folder') matches.push(...(await picturesBelow(match)))
  }
  return [...new Set(matches)].sort().map((file) => [file, relative(base, file)])
}

/** What is not there is `none`: it is reported when it is read, like every other bad picture. */
async function kindOf(path: string): Promise<'folder' | 'file' | 'none'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch {
    return 'none'
  }
}

async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return (
    entries
      // A pipe or a socket would be waited for without end.
      .filter(
        (entry) => (entry.isFile() || entry.isSymbolicLink()) && hasExtension(entry.name, pictureExtensions),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  )
}
