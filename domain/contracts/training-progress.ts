/** How far a training is: the heartbeat of its activity, and what its workflow and `cycle watch` show. */
export interface TrainingProgressView {
  /** Name of the run's folder on its host. */
  readonly runId: string
  /** Epochs that have ended; 0 before the first. */
  readonly epoch: number
  readonly epochs: number
  /** Of the training images in the last epoch, by the trainer's own names (`box`, `cls`, `dfl`). */
  readonly losses: Readonly<Record<string, number>>
  /** On the validation images after the last epoch; of outlines where the student draws them. */
  readonly map50: number | null
  readonly map: number | null
  /** Until the last epoch has ended; null before the first one has. */
  readonly etaSeconds: number | null
  /** The training that has the host while this one waits for it; null: it does not wait. */
  readonly waitsFor: string | null
}
