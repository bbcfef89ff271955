import { championBefore } from '../domain/succession.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ModelRecord } from '../domain/schemas/records/model.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readEvaluations } from './model-registry.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { requireRecord } from './store/records.ts'
import { findModel } from './stored-model.ts'
import { crown, readChampion, readSuccession, type Reigning } from './succession.ts'

/** A change of the champion that a person is about to confirm: made on what reigned when it was prepared, or not at all. */
export interface ChampionChange {
  readonly how: 'promote' | 'rollback'
  /** Reigns now; null: none. */
  readonly from: string | null
  readonly to: string
  /**
   * @throws AdapterError WriteConflict when another champion came in the meantime, through a gate or another person
   */
  confirm(decision: { readonly by: string; readonly reason: string; readonly at: Date }): Promise<void>
}

interface Wish {
  readonly project: string
  /** Classes of understudy.yaml, in their order: what a champion must detect. */
  readonly classes: readonly string[]
}

/**
 * Makes a registered model champion by hand.
 * @throws AdapterError NotFound, BadInput when it reigns already or the digits fit several, ModelClassesDiffer
 */
export async function preparePromotion(
  store: ObjectStore,
  { name, ...wish }: Wish & { readonly name: string },
): Promise<ChampionChange> {
  // The champion first: what is found out below is then confirmed against what reigned before.
  const reigning = await readChampion(store, wish.project)
  const model = await findModel(store, wish.project, name)
  if (reigning?.record.model === model) {
    throw new AdapterError('BadInput', `Model ${model} is the champion already.`, {
      retryable: false,
      hint: 'Nothing is to be done; `understudy model list` names the others.',
    })
  }
  return prepare(store, wish, { how: 'promote', reigning, model })
}

/**
 * Goes back to the champion before the reigning one.
 * @throws AdapterError NotFound without an earlier one, ModelClassesDiffer
 */
export async function prepareRollback(store: ObjectStore, wish: Wish): Promise<ChampionChange> {
  const reigning = await readChampion(store, wish.project)
  const succession = await readSuccession(store, wish.project)
  const model = championBefore(succession.map(({ model, how }) => ({ model, how: how ?? 'gate' })))
  if (model === null) {
    throw new AdapterError('NotFound', `Project ${wish.project} has no earlier champion to go back to.`, {
      retryable: false,
      hint: 'Choose a model of `understudy model list` with `understudy model promote HASH`.',
    })
  }
  return prepare(store, wish, { how: 'rollback', reigning, model })
}

async function prepare(
  store: ObjectStore,
  { project, classes }: Wish,
  change: {
    readonly how: ChampionChange['how']
    readonly reigning: Reigning | null
    readonly model: string
  },
): Promise<ChampionChange> {
  const { how, reigning, model } = change
  const record = await requireRecord(store, storeKeys(project).modelRecord(model), ModelRecord)
  requireClasses(record, classes)
  return {
    how,
    from: reigning?.record.model ?? null,
    to: model,
    confirm: async ({ by, reason, at }) => {
      const evaluations = await readEvaluations(store, project)
      const cycle = evaluations.findLast(({ figures }) => figures.model === model)?.cycle ?? null
      const coronation = { model, since: at.toISOString(), cycle, verdict: null, how, by, reason }
      if (!(await crown(store, project, reigning, coronation))) throw changedMeanwhile(project)
    },
  }
}

function requireClasses(record: ModelRecord, classes: readonly string[]): void {
  const found = record.classes
  if (found.length === classes.length && found.every((name, index) => name === classes[index])) return
  throw new AdapterError(
    'ModelClassesDiffer',
    `Model ${record.model} detects ${found.join(', ')}; understudy.yaml has ${classes.join(', ')}, and the order counts.`,
    { retryable: false, hint: 'Choose a model with the present classes, or train one.' },
  )
}

const changedMeanwhile = (project: string): AdapterError =>
  new AdapterError('WriteConflict', `Project ${project} got another champion in the meantime.`, {
    retryable: false,
    hint: 'Look at `understudy model list` again, then decide.',
  })
