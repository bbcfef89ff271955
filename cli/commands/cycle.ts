import type { Command } from 'commander'
import { registerCycleControls } from '../cycle/control-verbs.ts'
import { registerCycleStart } from '../cycle/start-verb.ts'
import { registerCycleViews } from '../cycle/view-verbs.ts'

/** `cycle start|watch|status|pause|resume|finish-review|approve|raise-budget|stop`. */
export function registerCycle(program: Command): void {
  const cycle = program
    .command('cycle')
    .description('start, follow and steer a pass of draft, review, train and compare')
  registerCycleStart(cycle)
  registerCycleViews(cycle)
  registerCycleControls(cycle)
}
