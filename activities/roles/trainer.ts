import type { Task } from '../../domain/contracts/tasks.ts'
import type { PlannedArguments } from '../../domain/training-plan.ts'

export interface TrainingJob {
  /** Stable folder name: a second attempt finds the first one's run by it. */
  readonly runId: string
  /** Absolute path of a folder with `data.yaml`, `images/`, `labels/`. */
  readonly datasetFolder: string
  readonly task: Task
  /** Absolute path of the weights to begin with, the champion's or somebody else's; null: from scratch. */
  readonly weights: string | null
  readonly arguments: PlannedArguments
  /** The run is ended when its attempts have taken longer together. */
  readonly maxSeconds: number
}

export interface TrainingProgress {
  readonly epoch: number
  readonly epochs: number
  /** Of the training images, by the trainer's own names. */
  readonly losses: Readonly<Record<string, number>>
  readonly map50: number | null
  readonly map: number | null
  readonly secondsPerEpoch: number | null
  /** Name of the training that has this host while this one waits; null: it does not wait. */
  readonly waitsFor: string | null
}

/** What a training ran on. */
export interface TrainingPlatform {
  readonly system: string
  readonly processor: string
  /** What did the arithmetic: `CPU`, or a graphics card by its name. */
  readonly device: string
  readonly python: string
}

export interface TrainingOutput {
  readonly onnxPath: string
  /** What another training can go on from; null: this trainer keeps none. */
  readonly weightsPath: string | null
  readonly curvePath: string
  /** What the trainer's own runtime says of one image (`ReferenceRecord`); null: this trainer does not tell. */
  readonly referencePath: string | null
  readonly epochs: number
  readonly seconds: number
  readonly resumed: boolean
  /** Images a step that fitted into memory: the planned ones, or half. */
  readonly ranWithBatch: number
  /** What was called, argument by argument, without folders of this machine. */
  readonly command: readonly string[]
  readonly packages: Readonly<Record<string, string>>
  readonly platform: TrainingPlatform
}

export interface TrainingWatch {
  onProgress(progress: TrainingProgress): void
  /** Aborted: the run is ended with all its processes. */
  readonly signal: AbortSignal
  /** Aborted: the caller goes, the run goes on; whoever calls next attaches to it. */
  readonly leave?: AbortSignal
}

/**
 * Trains a student in a process of its own that outlives the caller. Calling again with the same `runId` attaches to a run
 * that is alive, resumes one that died, and returns at once when it is finished. One training at a time has a host: another
 * one waits. Memory that runs out halves the batch, once. Failures: TrainerFailed, TrainerCorruptData, TrainerLost,
 * TrainerOutOfMemory, TrainerDiskFull, TrainerMissing, TrainerTimeout, TrainerBusy.
 */
export interface Trainer {
  train(job: TrainingJob, watch: TrainingWatch): Promise<TrainingOutput>
  /** Resolves to the trainer's version when it can be called. */
  check(): Promise<string>
}
