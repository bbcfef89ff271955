import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { action, type HandlerContext } from '../command.ts'
import { fullDemo, smallDemo, withOutlines } from '../demo/demo-size.ts'
import type { DemoSummary } from '../demo/demo-summary.ts'
import { renderDemo } from '../demo/render-demo.ts'
import { UserError } from '../errors.ts'

const flag = z.boolean().default(false)
const options = z.object({ real: flag, small: flag, segment: flag })

/** `demo`: the whole loop on real photographs, with nothing to sign up for. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'run the whole loop once on real photographs: simulated teacher, stand-in reviewer, all else real',
    )
    .option('--real', 'ask the real Gemini instead of the simulator: needs a key and costs money')
    .option('--small', 'a short version that learns nothing worth the name')
    .option('--segment', 'objects with their outlines instead of boxes')
    .addHelpText(
      'after',
      `
It works in the folder understudy-demo (with options, a folder named after them) and leaves the services up, to be looked at. Running it again asks
for no draft twice.

Example:
  understudy demo`,
    )
    .action(action({ options, handler: demo, render: renderDemo }))
}

async function demo(
  { real, small, segment }: z.infer<typeof options>,
  context: HandlerContext,
): Promise<DemoSummary> {
  const { teacherOfUser } = await import('../../infra/stack/user-settings.ts')
  if (real && teacherOfUser(process.env) === null) {
    throw new UserError({
      code: 'TeacherKeyMissing',
      what: 'The demo cannot ask the real Gemini.',
      why: 'Neither GEMINI_API_KEY nor GOOGLE_API_KEY is set.',
      fix: 'Set one of them, or leave out --real for the simulated teacher.',
    })
  }
  const { runDemo } = await import('../demo/run-demo.ts')
  const name = `understudy-demo${segment ? '-segment' : ''}${small ? '-small' : ''}`
  const folder = resolve(join(context.folder, name))
  const size = small ? smallDemo : fullDemo
  return runDemo({ size: segment ? withOutlines(size) : size, real }, { ...context, folder })
}
