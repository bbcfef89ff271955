import { singleBoxes } from '../domain/metrics/crowd.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { ObjectStore } from './roles/object-store.ts'

/**
 * Nothing is trained that could not be judged afterwards: it would take hours and could never become champion.
 * @throws AdapterError DatasetUnusable when no reviewed test image of the dataset holds an object
 */
export async function requireJudgeable(store: ObjectStore, project: string, dataset: string): Promise<void> {
  let testImages = 0
  for await (const { split, boxes } of readDataset(store, project, dataset)) {
    if (split !== 'test') continue
    if (singleBoxes(boxes).length > 0) return
    testImages += 1
  }
  const found =
    testImages === 0
      ? 'No image of the test split has been reviewed'
      : `None of the ${testImages} reviewed test images holds a box`
  throw new AdapterError(
    'DatasetUnusable',
    `${found}: a trained student could not be judged, so none is trained.`,
    {
      retryable: false,
      hint: 'Review more of the "held-out" images that wait in Label Studio, some that show the classes; with very few images, raise split.test in understudy.yaml before ingesting more. Then start a cycle again.',
    },
  )
}
