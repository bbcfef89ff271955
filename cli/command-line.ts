import { CommanderError } from 'commander'
import { reportError } from './command.ts'
import { registerDraft } from './commands/draft.ts'
import { registerPreview } from './commands/preview.ts'
import { registerPrompts } from './commands/prompts.ts'
import { registerAsk } from './commands/ask.ts'
import { registerConvert } from './commands/convert.ts'
import { registerCompare } from './commands/compare.ts'
import { registerDataset } from './commands/dataset.ts'
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
import { registerWorker } from './commands/worker.ts'
import { UserError } from './errors.ts'
import { createProgram } from './program.ts'

const program = createProgram()
registerDemo(program)
registerInit(program)
registerIngest(program)
registerPredict(program)
registerCompare(program)
registerConvert(program)
registerAsk(program)
registerDraft(program)
registerPreview(program)
registerPrompts(program)
registerModel(program)
registerReport(program)
registerReview(program)
registerCost(program)
registerCycle(program)
registerDataset(program)
registerSchedule(program)
registerUp(program)
registerStatus(program)
registerLogs(program)
registerDown(program)
registerDoctor(program)
registerWorker(program)

// A reader that closed its end (`understudy … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})
// Nobody reads what is said beside the results: the work goes on.
process.stderr.on('error', () => {})

const commandLine = process.argv.slice(2)

try {
  await program.parseAsync(commandLine, { from: 'user' })
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1
  if (process.exitCode !== 0) reportUsage(error)
}
// Open connections must not keep a finished command alive; what was printed must still arrive.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve())
  })
}
process.exit()

function reportUsage(error: unknown): void {
  const settings = { json: commandLine.includes('--json'), folder: process.cwd() }
  if (!(error instanceof CommanderError)) return reportError(error, settings)
  if (error.code === 'commander.help') return
  reportError(
    new UserError({
      code: 'BadInput',
      what: error.message.replace(/^error: /, '').replaceAll('\n', ' '),
      why: '',
      fix: 'See `understudy --help`, or the same command with --help.',
    }),
    settings,
  )
}
