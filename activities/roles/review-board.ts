export interface BoardSpec {
  readonly title: string
  readonly labelConfig: string
  readonly instruction: string
  readonly bucket: string
}

export interface BoardRef {
  readonly projectId: number
  readonly storageId: number
  readonly viewId: number
}

/** A task in the board's own JSON: made by `activities/board-task.ts`. */
export interface NewTask {
  readonly uid: string
  readonly data: Readonly<Record<string, string | number>>
  /** Regions of the draft in the board's format; none means an empty draft. */
  readonly regions: readonly Readonly<Record<string, unknown>>[]
}

/** One answered or skipped task as the board reports it: unparsed results, read by `domain/formats/label-studio-answer.ts`. */
export interface BoardAnswer {
  readonly taskId: number
  /** Null for a task that is not ours: somebody added it by hand. */
  readonly uid: string | null
  readonly annotationId: number
  readonly result: readonly unknown[]
  readonly skipped: boolean
  readonly createdAt: string
  readonly updatedAt: string
  readonly leadTimeSeconds: number | null
  readonly completedBy: number | null
  /** True when the stand-in reviewer and not a person answered. */
  readonly standIn: boolean
}

export interface BoardPage {
  readonly answers: readonly BoardAnswer[]
  /** Server time to poll from next; null when nothing has ever changed. */
  readonly cursor: string | null
}

export interface BoardTask {
  readonly taskId: number
  /** Null for a task that is not ours. */
  readonly uid: string | null
  readonly answered: boolean
  /** Answered by skipping only. */
  readonly skipped: boolean
  /** What the reviewer is told of a refused answer; empty when there is nothing to tell. */
  readonly refusalNote: string
}

/** Where people correct drafts. Failures are `AdapterError`s with a Board… code. */
export interface ReviewBoard {
  /** Creates what is missing (project, storage, review tab) and brings the label config up to date. Safe to repeat. */
  prepare(spec: BoardSpec, known: BoardRef | null): Promise<BoardRef>
  /** Adds tasks whose uid is not there yet; resolves to the number added. */
  addTasks(board: BoardRef, tasks: readonly NewTask[]): Promise<number>
  /** Everything answered, edited or skipped since the cursor (with a small overlap: callers de-duplicate). */
  answersSince(board: BoardRef, cursor: string | null): Promise<BoardPage>
  /** Every task that is there now: what is missing from it was deleted. */
  tasks(board: BoardRef): Promise<readonly BoardTask[]>
  /** Tells the reviewer above the image why an answer could not be taken and puts the task back into the review tab; '' takes it away. False when the task is gone. */
  noteRefusal(board: BoardRef, task: BoardTask, note: string): Promise<boolean>
  /** Page a person opens to review. */
  url(board: BoardRef): string
  /** Resolves to the server's version when it answers and takes our token. */
  check(): Promise<string>
}
