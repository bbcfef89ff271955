import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { referenceSettings } from '../../../domain/detection-defaults.ts'
import type { Task } from '../../../domain/contracts/tasks.ts'
import type { ReferenceRecord } from '../../../domain/schemas/records/reference.ts'
import { readText, runPaths, type RunSpec } from '../../detached-training/run-folder.ts'

/**
 * Absolute path of the validation image that both runtimes are shown: the first by name, so that every attempt takes the
 * same; null when there is none.
 */
export async function referenceImage(datasetFolder: string): Promise<string | null> {
  const folder = join(datasetFolder, 'images', 'val')
  const [first] = existsSync(folder) ? (await readdir(folder)).sort() : []
  return first === undefined ? null : join(folder, first)
}

/** What the trainer wrote about that image: a line a box. No file means no box. Null without an image. */
export async function readReference(folder: string, spec: RunSpec): Promise<ReferenceRecord | null> {
  const image = await referenceImage(spec.datasetFolder)
  if (image === null) return null
  const { name } = parse(image)
  const text = (await readText(join(runPaths(folder).referenceFolder, 'labels', `${name}.txt`))) ?? ''
  return {
    v: 1,
    image: name,
    settings: { ...referenceSettings },
    complete: spec.task === 'detect',
    boxes: text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => readLine(line, spec.task)),
  }
}

/** `class x y width height score`; of an object with an outline, `class x y x y … score`. */
function readLine(line: string, task: Task): ReferenceRecord['boxes'][number] {
  const values = line.trim().split(/\s+/).map(Number)
  const [label = Number.NaN, x = 0, y = 0, width = 0, height = 0] = values
  return {
    class: label,
    xywh: task === 'detect' ? [x, y, width, height] : null,
    score: values.at(-1) ?? Number.NaN,
  }
}
