import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { isBatchFault, isCallFault, stagedFault, type BatchFault } from './fault-script.ts'
import { recognise, type CallOptions } from './generate-content.ts'
import { checkThinking } from './models.ts'
import { replyBody } from './reply.ts'
import { readRequestBody } from './request-body.ts'
import { answerFor } from './teacher.ts'
import { invalidArgument, notFound, serverError, unknownImage, VendorRefusal } from './vendor-error.ts'

const InlineBatch = z.looseObject({
  batch: z.looseObject({
    displayName: z.string().default(''),
    inputConfig: z.looseObject({
      requests: z.looseObject({
        requests: z
          .array(
            z.looseObject({
              request: z.unknown(),
              metadata: z.looseObject({ key: z.string() }).optional(),
            }),
          )
          .min(1, 'at least one request is required'),
      }),
    }),
  }),
})

type BatchItem = z.infer<typeof InlineBatch>['batch']['inputConfig']['requests']['requests'][number]

interface BatchJob {
  readonly name: string
  readonly displayName: string
  readonly model: string
  /** Of the API that it came by. */
  readonly version: string
  readonly createdAt: number
  readonly items: readonly BatchItem[]
  readonly fault: BatchFault | null
  cancelled: boolean
  /** Made when the job is first seen at its end. */
  responses: Promise<unknown[]> | null
}

type State = 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'EXPIRED'

/** Jobs of the Batch API, in memory: a simulator that starts anew has forgotten them, as a real job is gone in the end. */
export interface BatchDesk {
  /** Takes a job. Throws a VendorRefusal for what the real server refuses. */
  create(
    body: unknown,
    ref: { readonly model: string; readonly version: string },
  ): { readonly operation: unknown; readonly fault: BatchFault | null }
  get(name: string): Promise<unknown>
  list(): unknown
  cancel(name: string): void
  remove(name: string): void
}

/** A job is done when as much time has passed as one answer takes. */
export function createBatchDesk(options: CallOptions): BatchDesk {
  const jobs = new Map<string, BatchJob>()
  const find = (name: string): BatchJob => {
    const job = jobs.get(name)
    if (job === undefined) throw new VendorRefusal(notFound(`Requested entity was not found: ${name}.`))
    return job
  }
  const stateOf = ({ cancelled, fault, createdAt }: BatchJob): State => {
    if (cancelled) return 'CANCELLED'
    if (fault?.kind === 'batch-stuck' || Date.now() - createdAt < options.latencyMs) return 'PENDING'
    if (fault?.kind === 'batch-expired') return 'EXPIRED'
    return fault?.kind === 'batch-failed' ? 'FAILED' : 'SUCCEEDED'
  }

  return {
    create(body, { model, version }) {
      const parsed = InlineBatch.safeParse(body)
      if (!parsed.success) throw new VendorRefusal(invalidArgument(z.prettifyError(parsed.error)))
      const { displayName, inputConfig } = parsed.data.batch
      const number = options.calls.begin()
      options.calls.end()
      const fault = options.faults.next({ number, image: null }, isBatchFault)
      const job: BatchJob = {
        name: `batches/${randomBytes(8).toString('hex')}`,
        displayName,
        model,
        version,
        createdAt: Date.now(),
        items: inputConfig.requests.requests,
        fault: fault !== null && isBatchFault(fault) ? fault : null,
        cancelled: false,
        responses: null,
      }
      jobs.set(job.name, job)
      return { operation: describe(job, 'PENDING'), fault: job.fault }
    },
    async get(name) {
      const job = find(name)
      const state = stateOf(job)
      if (state !== 'SUCCEEDED') return describe(job, state)
      job.responses ??= Promise.all(job.items.map(async (item) => answerItem(item, job, options)))
      return describe(job, state, await job.responses)
    },
    list: () => ({ operations: [...jobs.values()].map((job) => describe(job, stateOf(job))) }),
    cancel(name) {
      find(name).cancelled = true
    },
    remove(name) {
      find(name)
      jobs.delete(name)
    },
  }
}

/** One answer of a job: a response, or an error of its own that leaves the others alone. */
async function answerItem(
  item: BatchItem,
  { model, version }: BatchJob,
  options: CallOptions,
): Promise<unknown> {
  const { truth, faults, calls } = options
  const metadata = item.metadata ?? {}
  try {
    const asked = readRequestBody(item.request, { files: options.files, version })
    checkThinking(model, asked)
    const image = asked.image === null ? null : await recognise(truth, asked.image)
    const number = calls.begin()
    calls.end()
    const fault = stagedFault(faults.next({ number, image }, isCallFault))
    if (fault.transport !== null) return { metadata, error: { code: 13, message: 'Internal error.' } }
    if (image === null) throw new VendorRefusal(unknownImage())
    calls.pay(image.sha256)
    return { metadata, response: replyBody(await answerFor(image, asked, { ...options, model }), fault) }
  } catch (error) {
    const { code, message } = error instanceof VendorRefusal ? error.vendor : serverError(500)
    return { metadata, error: { code: code === 404 ? 5 : code === 400 ? 3 : 13, message } }
  }
}

/** The Operation as Google answers it; `batchStats` are texts there. */
function describe({ name, displayName, model, createdAt, items }: BatchJob, state: State, done?: unknown[]) {
  const failed = (done ?? []).filter((item) => typeof item === 'object' && item !== null && 'error' in item)
  const output = done === undefined ? {} : { output: { inlinedResponses: { inlinedResponses: done } } }
  const ended = state !== 'PENDING'
  return {
    name,
    metadata: {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
      name,
      displayName,
      model: `models/${model}`,
      createTime: new Date(createdAt).toISOString(),
      updateTime: new Date().toISOString(),
      state: `BATCH_STATE_${state}`,
      batchStats: {
        requestCount: String(items.length),
        ...(done === undefined
          ? { pendingRequestCount: String(items.length) }
          : {
              successfulRequestCount: String(done.length - failed.length),
              failedRequestCount: String(failed.length),
            }),
      },
      ...output,
    },
    ...(ended ? { done: true } : {}),
    ...(state === 'FAILED' ? { error: { code: 3, message: 'The simulated batch failed as scripted.' } } : {}),
    ...(state === 'CANCELLED' ? { error: { code: 1, message: 'The batch was cancelled.' } } : {}),
    ...(done === undefined ? {} : { response: output.output }),
  }
}
