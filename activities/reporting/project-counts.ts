import { storeKeys } from '../../domain/contracts/store-keys.ts'
import type { BatchLine } from '../../domain/schemas/records/batch.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { listBatches } from '../store/batches.ts'
import { listImages } from '../store/images.ts'
import { readRecord } from '../store/records.ts'
import { isByStandIn, isImported, listReviews } from '../store/reviews.ts'

export interface ProjectCounts {
  readonly counts: readonly (readonly [label: string, count: number])[]
  /** True when any review came from the demo's stand-in. */
  readonly standIn: boolean
  /** True when any queued image shows the simulator's boxes. */
  readonly simulated: boolean
  /** Of the newest drafts; null before the first. */
  readonly promptVersion: string | null
}

/** How much of everything there is, for the top of a report. */
export async function projectCounts(store: ObjectStore, project: string): Promise<ProjectCounts> {
  let images = 0
  let quarantined = 0
  for await (const { split } of listImages(store, project)) {
    images += 1
    if (split === 'quarantined') quarantined += 1
  }
  const queued: BatchLine[] = []
  for await (const { lines } of listBatches(store, project)) queued.push(...lines)
  const outcomes = { accepted: new Set<string>(), skipped: new Set<string>(), refused: new Set<string>() }
  const imported = new Set<string>()
  let standIn = false
  for await (const { review } of listReviews(store, project)) {
    outcomes[review.outcome].add(review.image)
    if (isByStandIn(review)) standIn = true
    if (isImported(review)) imported.add(review.image)
  }
  const promptVersion = await newestPromptVersion(store, project)
  const routed = queued.filter(({ purpose }) => purpose === 'routed').length
  const counts: [string, number][] = [
    ['images', images],
    ['queued for review', queued.length],
    ['of them routed by disagreement', routed],
    ['reviewed images', outcomes.accepted.size],
  ]
  if (imported.size > 0) counts.push(['of them with imported labels', imported.size])
  if (outcomes.skipped.size > 0) counts.push(['skipped', outcomes.skipped.size])
  if (outcomes.refused.size > 0) counts.push(['with a refused answer', outcomes.refused.size])
  if (quarantined > 0) counts.push(['quarantined', quarantined])
  return { counts, standIn, simulated: queued.some((line) => line.simulatedTeacher === true), promptVersion }
}

/** The prompt version with the newest drafts, judged by one draft of each. Those that were only tried out do not count. */
export async function newestPromptVersion(store: ObjectStore, project: string): Promise<string | null> {
  const prefix = storeKeys(project).allDrafts
  let newest: { promptVersion: string; createdAt: string } | null = null
  let looked = ''
  for await (const key of store.list(prefix)) {
    const [promptVersion = '', file = ''] = key.slice(prefix.length).split('/')
    if (promptVersion === looked || !/^[0-9a-f]{64}\.json$/.test(file)) continue
    looked = promptVersion
    if (await store.has(storeKeys(project).promptTrial(promptVersion))) continue
    const draft = await readRecord(
      store,
      storeKeys(project).draft(promptVersion, file.slice(0, 64)),
      DraftRecord,
    )
    if (draft !== null && (newest === null || draft.createdAt > newest.createdAt)) newest = draft
  }
  return newest?.promptVersion ?? null
}
