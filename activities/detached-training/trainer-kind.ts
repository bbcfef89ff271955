import type { TrainerName } from '../../domain/contracts/trainers.ts'
import type { TrainingJob, TrainingOutput } from '../roles/trainer.ts'

/** Files that the trainer would not take. */
export interface DataCheck {
  /** Images and labels that it threw away, train and val together. */
  readonly corrupt: number
  /** One "path: reason" a file. */
  readonly files: readonly string[]
}

/** What the last epoch so far came to. */
export interface EpochSoFar {
  readonly epoch: number
  readonly losses: Readonly<Record<string, number>>
  readonly map50: number | null
  readonly map: number | null
  readonly secondsPerEpoch: number | null
}

/** What is a trainer's own of a finished run. */
export type OwnOutput = Pick<
  TrainingOutput,
  'onnxPath' | 'weightsPath' | 'curvePath' | 'referencePath' | 'epochs' | 'command' | 'packages' | 'resumed'
> & { readonly device: string; readonly python: string }

/** How one kind of trainer is made ready, called and read. What its program does in the detached process: its procedure. */
export interface TrainerKind {
  readonly name: TrainerName
  /** Makes ready what the program wants to find besides its arguments; before every attempt. */
  prepare(folder: string, program: string, job: TrainingJob): Promise<void>
  /** The program's whole environment. */
  environment(folder: string): Record<string, string>
  /** Null before the first epoch has ended. */
  readProgress(folder: string, attempt: number): Promise<EpochSoFar | null>
  /** By an attempt's log. Null as long as the trainer may find more; once it `hasEnded`, what it did find. */
  readDataCheck(log: string, hasEnded: boolean): DataCheck | null
  /** What lies in the folder of a finished run. */
  collect(folder: string): Promise<OwnOutput>
  /** Resolves to the program's version. */
  check(program: string, folder: string): Promise<string>
}
