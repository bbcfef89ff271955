import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Every package of the program's Python environment with its version; none when it does not lie in one. */
export async function installedPackages(program: string): Promise<Record<string, string>> {
  const libraries = join(dirname(program), '..', 'lib')
  const found: Record<string, string> = {}
  for (const python of await namesIn(libraries)) {
    for (const entry of await namesIn(join(libraries, python, 'site-packages'))) {
      const [, name, version] = /^(.+?)-(\d[^-]*)\.dist-info$/.exec(entry) ?? []
      if (name !== undefined && version !== undefined) found[name.toLowerCase()] = version
    }
  }
  return found
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch {
    // Not an environment of its own.
    return []
  }
}
