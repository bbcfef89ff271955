import { CommanderError } from 'commander'
import { reportError } from './command.ts'
import { registerConvert } from './commands/convert.ts'
import { registerCompare } from './commands/compare.ts'
import { registerDemo } from './commands/demo.ts'
import { registerIngest } from './commands/ingest.ts'
import { registerInit } from './commands/init.ts'
import { registerPredict } from './commands/predict.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerDown } from './commands/down.ts'
import { registerLogs } from './commands/logs.ts'
import { registerModel } from './commands/model.ts'
import { registerStatus } from './commands/status.ts'
import { registerUp } from './commands/up.ts'
import { registerReport } from './commands/report.ts'
import { registerReview } from './commands/review.ts'
import { registerSchedule } from './commands/schedule.ts'
import { registerCost } from './commands/cost.ts'
import { registerCycle } from './commands/cycle.ts'
import { UserError } from './errors.ts'
import { createProgram } from './program.ts'

const program = createProgram()
registerDemo(program)
registerInit(program)
registerIngest(program)
registerPredict(program)
registerCompare(program)
registerModel(program)
