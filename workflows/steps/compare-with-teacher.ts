import { countsInWords } from '../../domain/counts-in-words.ts'
import { planPool, predict } from './predict.ts'
import type { Step } from './step.ts'

/** The reigning student against the teacher, on images it has not learnt from: where they differ, one of them is wrong. */
export const compareWithTeacher: Step = async (run) => {
  const { gate, model, promptVersion, evaluation } = run.facts
  const student = gate?.champion ?? model
  if (student === undefined || promptVersion === undefined || evaluation === undefined)
    return { note: 'nothing to compare' }
  const pool = await planPool(run, student, 'unlearnt')
  if (pool.images === 0) return { note: 'every drafted training image has been learnt from' }
  const comparison = await predict(run, student, pool, { promptVersion, threshold: evaluation.threshold })
  if (comparison === null) return { note: 'nothing to compare' }
  run.learn({ comparison })
  // Publishes the rate, which stands among the facts and not in the progress, as a search attribute.
  run.show({})
  const { images, imagesWithDisagreement, byKind } = comparison
  return { note: `${imagesWithDisagreement} of ${images} images differ: ${countsInWords(byKind)}` }
}
