import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isScalar, parseDocument, type Document } from 'yaml'
import { configFileName } from '../config-file.ts'

export interface NightTime {
  /** HH:MM; null: no schedule. */
  readonly at: string | null
  /** Null: the machine's. */
  readonly timezone: string | null
}

/** Writes when the nights are into understudy.yaml; whatever else stands there stays as it is. */
export async function writeNight(folder: string, night: Partial<NightTime>): Promise<void> {
  const path = join(folder, configFileName)
  await writeFile(path, withNight(await readFile(path, 'utf8'), night))
}

/**
 * The text of an understudy.yaml with other values under `night`: values that are there are replaced and missing ones added
 * in place, so that comments and layout stay to the byte. Only a `night: {…}` on one line that lacks a key is written anew by
 * the YAML library.
 */
export function withNight(text: string, night: Partial<NightTime>): string {
  let changed = text
  for (const [key, value] of Object.entries(night)) changed = withValue(changed, key, value)
  return changed
}

function withValue(text: string, key: string, value: string | null): string {
  const document = parseDocument(text)
  const written = value === null ? 'null' : JSON.stringify(value)
  const night = document.get('night', true)
  const found = isMap(night) ? night.get(key, true) : null
  if (isScalar(found) && found.range && found.range[1] > found.range[0]) {
    return text.slice(0, found.range[0]) + written + text.slice(found.range[1])
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  if (night === undefined) {
    const end = text.endsWith('\n') ? text.length : text.length + lineEnd.length
    return `${text.padEnd(end, lineEnd)}night:${lineEnd}  ${key}: ${written}${lineEnd}`
  }
  const first = isMap(night) && night.flow !== true && !night.has(key) ? night.items[0]?.key : null
  if (!isScalar(first) || !first.range) {
    document.setIn(['night', key], value)
    return document.toString({ lineWidth: 0 })
  }
  const line = text.lastIndexOf('\n', first.range[0] - 1) + 1
  const at = afterLineOf(text, document)
  return `${text.slice(0, at)}${text.slice(line, first.range[0])}${key}: ${written}${lineEnd}${text.slice(at)}`
}

/** Where the line of `night:` ends: what is put there stands above the comments of the keys that follow. */
function afterLineOf(text: string, { contents }: Document.Parsed): number {
  const pairs = isMap(contents) ? contents.items : []
  const night = pairs.find(({ key }) => isScalar(key) && key.value === 'night')?.key
  const start = isScalar(night) && night.range ? night.range[0] : 0
  return text.indexOf('\n', start) + 1
}
