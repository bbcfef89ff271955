import type { ImageSize, LabelledBox } from '../../../domain/box.ts'
import type { ErrorCode } from '../../../domain/contracts/error-codes.ts'
import type { Computing } from './create-session.ts'
import type { DetectionSettings, ModelDescription } from '../../roles/detector.ts'

/** A file as it is now: when it changes, so does its version, and no thread answers with the old session. */
export interface ModelFile {
  readonly path: string
  readonly version: string
  readonly bytes: number
  /** A session for each way of computing. */
  readonly computing: Computing
}

/** What the pool asks of a thread. */
export type Task =
  | { readonly kind: 'describe'; readonly model: ModelFile }
  | {
      readonly kind: 'detect'
      readonly model: ModelFile
      /** Encoded. */
      readonly source: Uint8Array
      readonly settings: DetectionSettings
    }

export type Answer =
  | {
      readonly kind: 'described'
      readonly description: ModelDescription
      /** Of ONNX Runtime. */
      readonly runtime: string
      /** Why the CPU computes it and not the wanted provider; null: all as wanted. */
      readonly fellBack: string | null
    }
  | { readonly kind: 'detected'; readonly size: ImageSize; readonly boxes: readonly LabelledBox[] }
  | { readonly kind: 'unreadable'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** An AdapterError as plain data: classes do not survive the way between threads. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly hint: string | null
}

export type ToThread =
  | { readonly kind: 'task'; readonly id: number; readonly task: Task }
  | { readonly kind: 'close' }
export interface FromThread {
  readonly id: number
  readonly answer: Answer
}
