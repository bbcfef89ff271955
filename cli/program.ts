import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'

const manifest = z.object({ version: z.string(), description: z.string() })

/** The command without its verbs. A verb imports what is heavy inside its handler, so that `--help` stays instant. */
export function createProgram(): Command {
  const { version, description } = manifest.parse(
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
  )
  const program = new Command('understudy')
    .description(description)
    .version(version)
    .option('--json', 'print results as JSON, errors as {"error":{code,what,why,fix}} on standard error')
    .option('-C, --folder <dir>', "the project's folder: where understudy.yaml is", '.')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showHelpAfterError(false)

  return program
}
