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
 * The text of an understudy.yaml with other values under `night`. Values that are there are replaced in place, so that
 * comments and layout stay to the byte; only keys that are missing are added by the YAML library.
 */
export function withNight(text: string, night: Partial<NightTime>): string {
  let changed = text
  for (const [key, value] of Object.entries(night)) changed = withValue(changed, key, value)
  return changed
}

function withValue(text: string, key: string, value: string | null): string {
  const document = parseDocument(text)
  const range = rangeOf(document, key)
  const written = value === null ? 'null' : JSON.stringify(value)
  if (range !== null) return text.slice(0, range[0]) + written + text.slice(range[1])
  document.setIn(['night', key], value)
  return document.toString({ lineWidth: 0 })
}

/** Where the value stands; null when the key is missing or has no value that could be replaced. */
function rangeOf(document: Document.Parsed, key: string): readonly [number, number] | null {
  const night = document.get('night', true)
  const value = isMap(night) ? night.get(key, true) : null
  if (!isScalar(value) || !value.range) return null
  const [start, end] = value.range
  return end > start ? [start, end] : null
}
