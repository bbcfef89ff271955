import { z } from 'zod'
import { StackError } from '../stack-error.ts'
import type { StackSecrets } from './secrets.ts'
import type { WorkerWishes } from './stack-plan.ts'

const Reply = z.object({ pid: z.int(), changes: z.array(z.string()) })

/** Hands wishes to the running supervisor; resolves to what it changed, in words. */
export async function sendWishes(
  { port, pid, secrets }: { port: number; pid: number; secrets: StackSecrets },
  wishes: WorkerWishes,
): Promise<string[]> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/wishes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.control}`, 'content-type': 'application/json' },
      body: JSON.stringify(wishes),
      signal: AbortSignal.timeout(90_000),
    })
    const reply = Reply.parse(await response.json())
    if (reply.pid !== pid) throw new Error(`process ${reply.pid} answered`)
    return reply.changes
  } catch (cause) {
    throw new StackError({
      code: 'StackDown',
      what: 'The supervisor of the local services does not answer.',
      why: `Process ${pid} should listen on port ${port} of this machine.`,
      fix: 'Run `understudy down`, then `understudy up`.',
      cause,
    })
  }
}
