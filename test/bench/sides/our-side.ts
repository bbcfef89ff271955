import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { composeLocalStudent } from '../../../activities/compose-local.ts'
import { answerRequests } from './answer-requests.ts'
import type { BoxesByName } from './side-process.ts'

/** One side of `npm run bench:infer`: the detector as `understudy predict` uses it, given paths. */
await answerRequests(async ({ model, folder, confidence, iou, maxDetections }) => {
  const tuningFolder = join(folder, '..', 'tuning')
  let shape = ''
  const { detector } = composeLocalStudent({
    tuningFolder,
    tell: (_, text) => {
      shape = text
    },
  })
  await detector.tune(model)
  const { classes } = await detector.describe(model)
  return {
    versions: `node ${process.version}. ${shape}`,
    look: async () => {
      const images = (await readdir(folder)).map((name) => ({ id: name, source: join(folder, name) }))
      const boxes: BoxesByName = {}
      for await (const result of detector.detect(model, images, { confidence, iou, maxDetections })) {
        if (!result.ok) throw new Error(`${result.id}: ${result.error.message}`)
        boxes[result.id] = result.boxes.map((box) => [
          classes.indexOf(box.class),
          box.score ?? -1,
          ...box.xyxy,
        ])
      }
      return boxes
    },
    close: () => detector.close(),
  }
})
