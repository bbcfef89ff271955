import type { CoreActivities } from '../domain/contracts/activities.ts'
import { createFirstBatchPlanner } from './first-batch.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { createRoutedBatchPlanner } from './routed-batch.ts'

export type BatchActivities = Pick<CoreActivities, 'planFirstBatch' | 'planRoutedBatch'>

/** Chooses what people look at: a start with the held-out images, and then what a comparison asks about. */
export const createBatchActivities = ({ store }: { readonly store: ObjectStore }): BatchActivities => ({
  planFirstBatch: createFirstBatchPlanner(store),
  planRoutedBatch: createRoutedBatchPlanner(store),
})
