import { Worker } from 'node:worker_threads'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Answer, FromThread, Task, ToThread } from './messages.ts'

/**
 * One computes, two decode: with one alone, the next picture would start to be decoded only when the thread is free to take
 * its message, and the thread would wait for it.
 */
const tasksAThread = 3
const attempts = 2
/** A closing thread ends its current tasks first; a run takes well under this. */
const closeDeadlineMs = 5_000

interface Job {
  readonly id: number
  readonly task: Task
  /** How many of the threads may be used for it. */
  readonly workers: number
  deaths: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: AdapterError) => void
}

interface Thread {
  readonly worker: Worker
  readonly jobs: Map<number, Job>
  readonly exited: Promise<void>
  error: Error | null
}

/**
 * Threads that run tasks, started when needed. A thread that dies is replaced and its tasks are tried once more, each
 * alone in its thread, so that a task that kills does not take a neighbour with it twice.
 */
export class ThreadPool {
  readonly #entry: URL
  readonly #size: number
  readonly #threads = new Set<Thread>()
  readonly #queue: Job[] = []
  #lastId = 0
  #closed = false

  constructor({ entry, size }: { readonly entry: URL; readonly size: number }) {
    this.#entry = entry
    this.#size = size
  }

  /** @throws AdapterError Internal when the thread died under this task twice, Interrupted when the pool is closed */
  run(task: Task, workers: number): Promise<Answer> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#lastId += 1
      this.#queue.push({ id: this.#lastId, task, workers, deaths: 0, resolve, reject })
      this.#dispatch()
    })
  }

  /** Resolves when no thread is left. Tasks that are not done fail with Interrupted. */
  async close(): Promise<void> {
    this.#closed = true
    const threads = [...this.#threads]
    const open = [...this.#queue.splice(0), ...threads.flatMap(({ jobs }) => [...jobs.values()])]
    for (const job of open) job.reject(closedError())
    await Promise.all(threads.map(endThread))
  }

  #dispatch(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const thread = this.#threadFor(job)
      if (thread === null) return
      this.#queue.shift()
      thread.jobs.set(job.id, job)
      send(thread.worker, { kind: 'task', id: job.id, task: job.task })
    }
  }

  #threadFor(job: Job): Thread | null {
    const usable = [...this.#threads].slice(0, job.workers)
    const free = usable
      .filter(
        ({ jobs }) => jobs.size < (job.deaths > 0 ? 1 : tasksAThread) && ![...jobs.values()].some(isSuspect),
      )
      .sort((a, b) => a.jobs.size - b.jobs.size)
    const best = free[0]
    if (best !== undefined && best.jobs.size === 0) return best
    return usable.length < Math.min(job.workers, this.#size) ? this.#start() : (best ?? null)
  }

  #start(): Thread {
    const worker = new Worker(this.#entry)
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve())
    })
    const thread: Thread = { worker, jobs: new Map(), exited, error: null }
    this.#threads.add(thread)
    worker.on('message', ({ id, answer }: FromThread) => {
      thread.jobs.get(id)?.resolve(answer)
      thread.jobs.delete(id)
      this.#dispatch()
    })
    worker.on('error', (error) => {
      thread.error = error
    })
    worker.on('exit', () => this.#bury(thread))
    return thread
  }

  #bury(thread: Thread): void {
    this.#threads.delete(thread)
    if (this.#closed) return
    for (const job of [...thread.jobs.values()].reverse()) {
      job.deaths += 1
      if (job.deaths < attempts) this.#queue.unshift(job)
      else job.reject(deathError(thread.error))
    }
    this.#dispatch()
  }
}

const isSuspect = ({ deaths }: Job): boolean => deaths > 0

const send = (worker: Worker, message: ToThread): void => worker.postMessage(message, [])

async function endThread({ worker, exited }: Thread): Promise<void> {
  send(worker, { kind: 'close' })
  const timer = setTimeout(() => void worker.terminate(), closeDeadlineMs)
  await exited
  clearTimeout(timer)
}

const closedError = (): AdapterError =>
  new AdapterError('Interrupted', 'The detector was closed before this was done.', { retryable: true })

const deathError = (error: Error | null): AdapterError =>
  new AdapterError(
    'Internal',
    `The inference thread ended twice under one task: ${error?.message ?? 'no error given'}.`,
    {
      retryable: true,
      hint: 'Memory may be short: see the log, and lower the number of threads.',
      cause: error,
    },
  )
