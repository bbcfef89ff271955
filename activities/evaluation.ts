import type { CoreActivities, EvaluationSummary } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { ScoredImage } from '../domain/metrics/scored-images.ts'
import { EvaluationRecord } from '../domain/schemas/records/cycle.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { offLoop } from './figures/off-loop.ts'
import { reviewedDrafts } from './reviewed-drafts.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readUsableDraft } from './store/drafts.ts'
import { heldOutPredictions, type HeldOutImage } from './store/held-out.ts'
import { loadConfig } from './store/load-config.ts'
import { requireRecord, writeRecord } from './store/records.ts'

export type EvaluationActivities = Pick<CoreActivities, 'evaluateModel'>

type Input = Parameters<CoreActivities['evaluateModel']>[0]

const scored = ({ line, prediction }: HeldOutImage): ScoredImage => ({
  group: line.group,
  size: { width: line.width, height: line.height },
  predicted: prediction.boxes,
  truth: line.boxes,
})

/**
 * Student and teacher on the same reviewed test images, average precision (of masks too, where the task is to segment) for
 * the student alone because the teacher gives no scores; beside it what people had to change in all the drafts they were shown: `cycles/<n>/evaluation.json`.
 */
export function createEvaluationActivities({ store }: { readonly store: ObjectStore }): EvaluationActivities {
  return {
    async evaluateModel(input) {
      const { project, cycle, model, manifest } = input
      const { task } = await loadConfig(store, input)
      const { classes } = await requireRecord(
        store,
        storeKeys(project).datasetRecord(input.dataset),
        DatasetRecord,
      )
      const validation = (await heldOutPredictions(store, input, 'val')).map(scored)
      const test = await heldOutPredictions(store, input, 'test')
      if (test.length === 0) throw noTestImages()
      const student = test.map(scored)
      if (student.every(({ truth }) => truth.every(({ crowd }) => crowd === true)))
        throw onlyEmptyTestImages(test.length)
      const teacher = await teacherImages(store, input, test)
      const scores = await offLoop('scores', {
        validation,
        student,
        teacher: teacher?.images ?? null,
        classes,
        task,
        seed: manifest,
      })
      const record: EvaluationRecord = {
        v: 1,
        model,
        manifest,
        testImages: test.length,
        valImages: validation.length,
        ...scores,
        teacher: teacher === null || scores.teacher === null ? null : { ...scores.teacher, ...teacher.facts },
        edits: await editsIn(store, project, manifest),
      }
      const key = storeKeys(project).cycleFile(cycle, 'evaluation.json')
      await writeRecord(store, key, EvaluationRecord, record)
      return summary(key, record)
    },
  }
}

/** Null before anybody reviewed a draft. */
async function editsIn(
  store: ObjectStore,
  project: string,
  seed: string,
): Promise<EvaluationRecord['edits']> {
  const { reviewed, ...facts } = await reviewedDrafts(store, project)
  if (reviewed.length === 0) return null
  const figures = await offLoop('edits', { reviewed, seed })
  return {
    all: figures.all,
    byStream: [...figures.byStream],
    byReviewer: [...figures.byReviewer],
    bySource: [...figures.bySource],
    ...facts,
  }
}

/** The teacher on those test images that it answered; an image without a usable answer is left out, not taken for empty. */
async function teacherImages(
  store: ObjectStore,
  { project, promptVersion }: Input,
  test: readonly HeldOutImage[],
): Promise<{ images: ScoredImage[]; facts: { simulated: boolean; images: number } } | null> {
  if (promptVersion === null) return null
  const images: ScoredImage[] = []
  let simulated = false
  for (const { line } of test) {
    const draft = await readUsableDraft(store, { project, promptVersion, image: line.image })
    if (draft === null) continue
    simulated ||= isSimulated(draft)
    images.push({ group: line.group, predicted: draft.boxes, truth: line.boxes })
  }
  if (images.length === 0) return null
  return { images, facts: { simulated, images: images.length } }
}

const summary = (key: string, record: EvaluationRecord): EvaluationSummary => ({
  key,
  images: record.testImages,
  studentF1: record.student.f1.value,
  teacherF1: record.teacher?.f1.value ?? null,
  studentMap50: record.studentAp.map50.value,
  studentMap: record.studentAp.map.value,
  studentMaskMap50: record.studentMaskAp?.map50.value ?? null,
  threshold: record.threshold,
})

const onlyEmptyTestImages = (images: number): AdapterError =>
  new AdapterError(
    'DatasetUnusable',
    `None of the ${images} reviewed test images holds a box: average precision has no meaning on them.`,
    {
      retryable: false,
      hint: 'Review more of the test images, some that show the classes, then start a cycle again.',
    },
  )

const noTestImages = (): AdapterError =>
  new AdapterError('DatasetUnusable', 'No reviewed test image can be scored.', {
    retryable: false,
    hint: 'Review some of the test images that wait in Label Studio, then start a cycle again.',
  })
