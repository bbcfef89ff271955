import type { ServiceName } from '../stack-state.ts'

export interface Launch {
  readonly program: string
  readonly arguments: readonly string[]
  /** The whole environment of the process: nothing is inherited besides. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
}

/** One supervised program: how it starts and how it proves that it, and no other, answers. */
export interface Service {
  readonly name: ServiceName
  /** Services that must be ready first. */
  readonly needs: readonly ServiceName[]
  /** Ports it will listen on; checked to be free right before it starts. */
  readonly ports: readonly number[]
  readonly readyWithinMs: number
  /** Time between TERM and KILL. */
  readonly graceMs: number
  /** Before every start: folders, seed data. */
  prepare(): Promise<void>
  launch(): Launch
  /** Resolves when the right program answers; rejects with what came instead. Changes nothing. */
  probe(pid: number): Promise<void>
  /** After every start, once proven: what must exist inside (bucket, search attributes). Safe to repeat. */
  settle(): Promise<void>
}
