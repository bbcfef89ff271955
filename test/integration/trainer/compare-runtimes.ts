import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createDetector } from '../../../activities/adapters/onnx/detector.ts'
import type { TrainingOutput } from '../../../activities/roles/trainer.ts'
import {
  compareWithReference,
  fromShares,
  type ReferenceComparison,
} from '../../../domain/reference-check.ts'
import { ReferenceRecord } from '../../../domain/schemas/records/reference.ts'

/** The images of these tests keep the names of their files. */
const Reference = ReferenceRecord.extend({ image: z.string() })

/** What the trainer finds on its reference image, held against what our detector finds there. */
export async function compareRuntimes(
  { onnxPath, referencePath }: TrainingOutput,
  datasetFolder: string,
): Promise<ReferenceComparison & { readonly found: number }> {
  const { image, settings, complete, boxes } = Reference.parse(
    JSON.parse(await readFile(referencePath!, 'utf8')),
  )
  const folder = join(datasetFolder, 'images', 'val')
  const file = (await readdir(folder)).find((name) => name.startsWith(`${image}.`))!
  const detector = createDetector({ threads: 1 })
  try {
    const { classes } = await detector.describe(onnxPath)
    for await (const result of detector.detect(
      onnxPath,
      [{ id: image, source: join(folder, file) }],
      settings,
    )) {
      if (!result.ok) throw new Error(result.error.message)
      const expected = boxes.map((box) => ({
        class: classes[box.class]!,
        xyxy: box.xywh && fromShares(box.xywh, result.size),
        score: box.score,
      }))
      const compared = compareWithReference(expected, result.boxes, { ...settings, complete })
      return { ...compared, found: result.boxes.length }
    }
    throw new Error('The detector said nothing.')
  } finally {
    await detector.close()
  }
}
