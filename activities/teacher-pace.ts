import { draftParts } from '../domain/draft-parts.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { usualPromptTokens } from '../domain/teacher-cost.ts'
import { callsPerSecond } from '../domain/teacher-pace.ts'
import type { SetQueueRate } from './queue-rate.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { ledgerDay, sampleLedger } from './store/ledger.ts'
import { draftShapeOf, teacherPromptOf } from './teacher-prompt.ts'

/** Keeps all workers together within the tokens a minute of the user's tier. Without such a limit the workers' own rate stands. */
export interface TeacherPace {
  /** Before drafting. @throws AdapterError BadConfig when the Temporal server cannot change a queue's rate */
  set(config: ProjectConfig, promptVersion: string): Promise<void>
  /** While drafting, after a call: measures again, at most once a minute. Never throws: the last rate stands until the next try. */
  keepUp(config: ProjectConfig, promptVersion: string): Promise<void>
}

interface PaceDependencies {
  readonly store: ObjectStore
  readonly now: () => Date
  readonly setQueueRate: SetQueueRate
}

const measureEveryMs = 60_000
/** Calls that a mean has to rest on; before, the estimate stands. */
const fewestCalls = 10
/** Enough for a mean within a percent where prompts are alike, and read in less than a second. */
const sampleSize = 200
const dayMs = 86_400_000
/** A smaller change of the rate is not worth a write. */
const worthTelling = 0.01

/** Calls a second = the lower of requests a minute and tokens a minute / mean tokens of a request, by the ledger. */
export function createTeacherPace({ store, now, setQueueRate }: PaceDependencies): TeacherPace {
  let measuredAt = Number.NEGATIVE_INFINITY
  let told: number | null = null

  const rateOf = async (config: ProjectConfig, promptVersion: string): Promise<number> => {
    const measured = await meanPromptTokens({ store, now }, config.project, promptVersion)
    return callsPerSecond(config.teacher, measured ?? assumedPromptTokens(config))
  }
  return {
    async set(config, promptVersion) {
      const hasLimit = config.teacher.tokensPerMinute !== null
      told = hasLimit ? await rateOf(config, promptVersion) : null
      measuredAt = now().getTime()
      await setQueueRate(told)
    },

    async keepUp(config, promptVersion) {
      if (config.teacher.tokensPerMinute === null) return
      if (now().getTime() - measuredAt < measureEveryMs) return
      measuredAt = now().getTime()
      try {
        const rate = await rateOf(config, promptVersion)
        if (told !== null && Math.abs(rate / told - 1) < worthTelling) return
        await setQueueRate(rate)
        told = rate
      } catch {
        // A draft that was paid for is not lost over this; a minute later it is tried again.
      }
    },
  }
}

/** Mean tokens of a request of this prompt version, today and yesterday; null with too few calls. */
export async function meanPromptTokens(
  { store, now }: Pick<PaceDependencies, 'store' | 'now'>,
  project: string,
  promptVersion: string,
): Promise<number | null> {
  const today = now()
  const days = [today, new Date(today.getTime() - dayMs)].map((day) => ledgerDay(day.toISOString()))
  let calls = 0
  let tokens = 0
  for (const day of days) {
    for await (const entry of sampleLedger(store, project, { day, most: sampleSize })) {
      if (entry.promptVersion !== promptVersion) continue
      calls += 1
      tokens += entry.tokens.prompt
    }
    if (calls >= fewestCalls) return tokens / calls
  }
  return null
}

/** Before anything is measured: the largest request of a draft, whose texts are the same for every image. */
function assumedPromptTokens(config: ProjectConfig): number {
  const { model, imageSize, mediaResolution } = config.teacher
  const questions = draftParts({ ...draftShapeOf(config), tiles: 1, samples: 1 })
  return Math.max(
    ...questions.map((part) => {
      const { length } = teacherPromptOf(config, part).text
      return usualPromptTokens({ model, imageSize, mediaResolution, textLength: length })
    }),
  )
}
