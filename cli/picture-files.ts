import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative } from 'node:path'

export interface PictureFile {
  /** As the person gave it, or found below the folder that was given. */
  readonly path: string
  /** What results about it are filed under: its path below the given folder, or its own name; unique in a list. */
  readonly name: string
}

const extensions = new Set(['.png', '.jpg', '.jpeg', '.webp'])

/** The pictures behind files and folders on a command line, in their order; folders are searched to the bottom. */
export async function findPictures(paths: readonly string[]): Promise<PictureFile[]> {
  const found = new Map<string, string>()
  for (const path of paths) {
    if (await isFolder(path)) {
      for (const picture of await picturesBelow(path)) found.set(picture, relative(path, picture))
    } else found.set(path, basename(path))
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

/** False for what is not there: it is reported when it is read, like every other bad picture. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && extensions.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
