import { judge, type GateRules, type Judgement } from '../../domain/gate.ts'
import { editFigures, type EditFigures, type ReviewedDraft } from '../../domain/metrics/edit-figures.ts'
import { scoreModels, type ModelScores, type ScoringInput } from '../../domain/metrics/model-scores.ts'
import type { PairedImage } from '../../domain/metrics/paired-comparison.ts'

/** What is asked of a figures thread and what it answers, by kind; all of it plain data. */
export interface FiguresKinds {
  readonly scores: { readonly input: ScoringInput; readonly output: ModelScores }
  readonly edits: {
    readonly input: { readonly reviewed: readonly ReviewedDraft[]; readonly seed: string }
    readonly output: EditFigures
  }
  readonly judgement: {
    readonly input: {
      readonly images: readonly PairedImage[]
      readonly classes: readonly string[]
      readonly rules: GateRules
    }
    readonly output: Judgement
  }
}
export type FiguresKind = keyof FiguresKinds

/** Computes figures where it is called: for hundreds of images that takes seconds. */
export const compute: {
  [Kind in FiguresKind]: (input: FiguresKinds[Kind]['input']) => FiguresKinds[Kind]['output']
} = {
  scores: scoreModels,
  edits: ({ reviewed, seed }) => editFigures(reviewed, seed),
  judgement: ({ images, classes, rules }) => judge(images, classes, rules),
}
