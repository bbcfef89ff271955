import { readdir, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { AdapterError } from './errors/adapter-error.ts'

/** By extension only: which files are looked at. What is in them decides the rest. */
const imageExtensions = new Set(
  'png jpg jpeg jpe jfif webp gif bmp tif tiff heic heif avif'.split(' ').map((extension) => `.${extension}`),
)

export interface FolderFiles {
  /** Paths relative to the folder, `/` between parts, in order. */
  readonly images: readonly string[]
  readonly others: readonly string[]
}

/**
 * Every file under a folder, hidden ones left out; links to files are followed, links to folders are not.
 * @throws AdapterError BadInput when it is not a readable folder
 */
export async function listFolder(folder: string): Promise<FolderFiles> {
  const images: string[] = []
  const others: string[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    if (name.split('/').some((part) => part.startsWith('.'))) continue
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(path)))
    if (isFile) (imageExtensions.has(extname(name).toLowerCase()) ? images : others).push(name)
  }
  return { images: images.sort(), others: others.sort() }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (cause) {
    throw new AdapterError('BadInput', `${folder} cannot be read as a folder.`, {
      retryable: false,
      hint: 'Name a folder that holds pictures.',
      cause,
    })
  }
}

const isLinkToFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (target) => target.isFile(),
    () => false,
  )
