import { core } from '../ask.ts'
import type { Step } from './step.ts'

/** Leaves a page with pictures: the web UI shows steps, people want to see boxes. */
export const report: Step = async (run) => {
  const story = run
    .progress()
    .phases.filter(({ state, note }) => state === 'done' && note !== '')
    .map(({ phase, note }) => ({ phase, note }))
  const { key } = await core('Write the report').writeReport({ ...run.ref, story })
  run.learn({ reportKey: key })
  return { note: key }
}
