import type { Command } from 'commander'
import { z } from 'zod'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { action, type HandlerContext } from '../command.ts'
import { check, skipped, type Finding } from '../doctor/check.ts'
import { renderFindings } from '../doctor/render-findings.ts'

interface Diagnosis {
  readonly ok: boolean
  readonly checks: readonly Finding[]
}

/** `understudy doctor`: a real call to every part, and the fix for each that fails. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('try every part with a real call and say how to mend what fails')
    .addHelpText(
      'after',
      '\nExample:\n  understudy doctor\n\nWith a key it looks the model up at Gemini, which costs nothing.',
    )
    .action(
      action({
        options: z.object({}),
        handler: (_, context) => diagnose(context),
        render: ({ checks }) => renderFindings(checks, 'Every part that was asked works.'),
        exitCode: ({ ok }) => (ok ? 0 : 1),
      }),
    )
}

async function diagnose({ folder, output }: HandlerContext): Promise<Diagnosis> {
  const { checkInstallation } = await import('../doctor/check-installation.ts')
  const { homeOf } = await import('../../infra/stack/home.ts')
  const { checkCommandTrainer, checkDetector, checkTrainer } =
    await import('../../activities/compose-checks.ts')
  output.progress('looks at what is installed')
  const { findings, trainer } = await checkInstallation(process.env)
  output.progress('asks the services, the trainer and the runtime')
  const { runsFolder } = homeOf(folder)
  const ownTrainer = process.env['UNDERSTUDY_TRAINER_COMMAND']?.trim() ?? ''
  const rest = await Promise.all([
    diagnoseServices(folder),
    trainer === null
      ? [skipped('trainer', 'it is not installed')]
      : check('trainer', async () => `ultralytics ${await checkTrainer({ program: trainer, runsFolder })}`),
    ownTrainer === ''
      ? []
      : check('trainer command', () => checkCommandTrainer({ program: ownTrainer, runsFolder })),
    check('detector', checkDetector),
  ])
  const checks = [...findings, ...rest.flat()]
  return { ok: checks.every(({ state }) => state !== 'failed'), checks }
}

async function diagnoseServices(folder: string): Promise<Finding[]> {
  const { readConnectionSettings } = await import('../../infra/stack/connection-settings.ts')
  const { checkLocalServices, checkServices } = await import('../doctor/check-services.ts')
  const known = await check('services', async () => {
    await readConnectionSettings(folder)
    return 'addresses and credentials are known'
  })
  if (known.state === 'failed') return [known]
  return [
    await check('services', () => checkLocalServices(folder)),
    ...(await checkServices(await readConnectionSettings(folder), await modelOf(folder))),
  ]
}

/** The project's teacher, else the usual one: a doctor is also called where there is no project, or a broken one. */
async function modelOf(folder: string): Promise<string> {
  const { readProjectFile } = await import('../config-file.ts')
  const usual = ProjectConfig.shape.teacher.parse({}).model
  return readProjectFile(folder).then(
    ({ config }) => config.teacher.model,
    () => usual,
  )
}
