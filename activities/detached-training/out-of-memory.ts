import { readFile } from 'node:fs/promises'

/** How a program of the trainer ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What PyTorch (graphics card and CPU), NumPy, Python and C++ say when there is no memory left. */
const complaint =
  /out of memory|OutOfMemoryError|MemoryError\b|DefaultCPUAllocator: (can't|not enough)|Cannot allocate memory|std::bad_alloc|CUBLAS_STATUS_ALLOC_FAILED/i

/** True when a log names lack of memory as what went wrong. */
export const complainsOfMemory = (log: string): boolean => complaint.test(log)

/** Processes that the kernel has ended for lack of memory since it started; null where nobody counts. */
export async function countOomKills(path = '/proc/vmstat'): Promise<number | null> {
  try {
    const [, count] = /^oom_kill (\d+)$/m.exec(await readFile(path, 'utf8')) ?? []
    return count === undefined ? null : Number(count)
  } catch {
    return null
  }
}

const killed = 137

/**
 * True when a program ended for lack of memory: it said so in what it wrote (`log`: of this program alone), or it was
 * killed with -9 (exit code 137 when a shell stood between) while the kernel counted such a kill. A -9 that nobody counted
 * is somebody's, and the run goes on as it was.
 */
export function ranOutOfMemory(
  { code, signal }: Ended,
  log: string,
  oomKills: { readonly before: number | null; readonly after: number | null },
): boolean {
  if (code === 0) return false
  if (signal === 'SIGKILL' || code === killed) {
    return oomKills.before !== null && oomKills.after !== null && oomKills.after > oomKills.before
  }
  return signal === null && complainsOfMemory(log)
}
