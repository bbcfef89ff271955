import type { DraftRequest, TeacherReply } from './drafter.ts'

/** One image of a job. The key comes back with the answer; the order does not count. */
export interface BatchItem {
  readonly key: string
  readonly request: Omit<DraftRequest, 'signal'>
}

export type BatchAnswer =
  | { readonly key: string; readonly ok: true; readonly reply: TeacherReply }
  | {
      readonly key: string
      readonly ok: false
      readonly error: { readonly code: number; readonly message: string }
    }

/** What became of a job. A job that ended without answers says why; nothing of it is billed. */
export type BatchSight =
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly answers: readonly BatchAnswer[] }
  | { readonly state: 'failed' | 'expired' | 'cancelled' | 'gone'; readonly reason: string }

/** The teacher's slow lane at half the price: jobs that are done within a day. Failures are `AdapterError`s with a Teacher… code. */
export interface BatchDrafter {
  /** The vendor's name of the newest job that was submitted under this one; null when there is none. Submitting twice would be paid twice. */
  find(model: string, displayName: string): Promise<string | null>
  /** All items ask the same model. Resolves to the vendor's name of the job. */
  submit(model: string, displayName: string, items: readonly BatchItem[]): Promise<string>
  look(model: string, job: string): Promise<BatchSight>
  /** Ends a job that runs; what is done by then may be billed. One that has ended or gone is left alone. */
  cancel(model: string, job: string): Promise<void>
  /** Takes an ended job and its answers off the vendor's server. */
  remove(model: string, job: string): Promise<void>
}
