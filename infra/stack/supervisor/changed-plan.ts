import { isDeepStrictEqual } from 'node:util'
import type { TeacherSettings } from '../../../domain/schemas/teacher-settings.ts'
import type { StackPlan, TeacherChoice, WorkerWishes } from '../stack-plan.ts'

export interface ChangedPlan {
  readonly next: StackPlan
  /** What differs, in words; empty when nothing does. The key is compared, never said. */
  readonly changes: string[]
}

/** A running plan under new wishes. What the wishes leave open (null) stays. */
export function changedPlan(plan: StackPlan, wishes: WorkerWishes): ChangedPlan {
  const next = {
    ...plan,
    teacher: wishes.teacher ?? plan.teacher,
    requestsPerMinute: wishes.requestsPerMinute ?? plan.requestsPerMinute,
    overrides: wishes.overrides,
  }
  const changes: string[] = []
  if (!isDeepStrictEqual(plan.teacher, next.teacher)) {
    changes.push(`teacher: ${inWords(plan.teacher)} -> ${inWords(next.teacher)}`)
  }
  if (plan.requestsPerMinute !== next.requestsPerMinute) {
    changes.push(`requests a minute: ${plan.requestsPerMinute} -> ${next.requestsPerMinute}`)
  }
  if (!isDeepStrictEqual(plan.overrides, next.overrides))
    changes.push('variables that replace local addresses')
  return { next, changes }
}

function inWords(teacher: TeacherChoice): string {
  if (teacher.kind === 'none') return 'none'
  if (teacher.kind === 'real') return realInWords(teacher.teacher)
  return `simulated, from ${teacher.truth.length} label file(s)`
}

const realInWords = ({ keySource, vertex }: TeacherSettings): string =>
  vertex === undefined ? `the key in ${keySource}` : `Vertex AI with ${keySource}`
