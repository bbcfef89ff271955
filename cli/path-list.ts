import { text } from 'node:stream/consumers'

/** The paths with `-` replaced by those that stand on standard input: one a line, or ended by zero bytes (`find -print0`). */
export async function withPathList(
  paths: readonly string[],
  input: NodeJS.ReadableStream,
): Promise<string[]> {
  if (!paths.includes('-')) return [...paths]
  const list = readPathList(await text(input))
  const first = paths.indexOf('-')
  return paths.flatMap((path, index) => (path !== '-' ? [path] : index === first ? list : []))
}

const readPathList = (list: string): string[] =>
  list.split(list.includes('\0') ? '\0' : /\r?\n/).filter((path) => path.trim() !== '')
