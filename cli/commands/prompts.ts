import type { Command } from 'commander'
import { z } from 'zod'
import { thinkingWords } from '../../domain/teacher-models.ts'
import { action } from '../command.ts'
import { compareTwoPrompts } from '../prompts/compare-prompts.ts'
import { listPromptVersions } from '../prompts/list-prompts.ts'
import { renderComparedPrompts, renderPromptList } from '../prompts/render-prompts.ts'

const CompareOptions = z.object({
  a: z.string().min(1),
  b: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  thinking: z.enum(thinkingWords).optional(),
  instruction: z.string().max(4000).optional(),
  limit: z.coerce.number().int().positive().optional(),
  budget: z.coerce.number().positive().optional(),
  seed: z.string().min(1),
  allReviewed: z.boolean().default(false),
  simulate: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
})

/** `prompts list|compare`: what the teacher was asked, and which words do better. */
export function registerPrompts(program: Command): void {
  const prompts = program
    .command('prompts')
    .description('what the teacher was asked, and which words or which model do better')
  prompts
    .command('list')
    .description('every prompt version with drafts, the newest first, and which one is in use')
    .addHelpText('after', '\nExample:\n  understudy prompts list')
    .action(
      action({
        options: z.object({}),
        handler: (_, context) => listPromptVersions(context),
        render: renderPromptList,
      }),
    )
  prompts
    .command('compare <a> [b]')
    .description('score two prompts on the same reviewed images, before switching')
    .option('--model <name>', "B is today's config with this model")
    .option('--thinking <level>', `B is today's config, thinking so: ${thinkingWords.join(', ')}`)
    .option('--instruction <text>', "B is today's config with this instruction")
    .option('--limit <images>', 'so many reviewed images; left out: all when both are drafted, else 50')
    .option('--budget <usd>', 'a hard stop for what is drafted')
    .option('--seed <word>', 'another choice of images', '0')
    .option('--all-reviewed', 'also images that were queued for their errors')
    .option('--simulate', 'insist on the simulated teacher (the stack must be up with --simulate)')
    .option('--dry-run', 'only say what it would cost')
    .option('-y, --yes', 'do not ask before spending money')
    .addHelpText(
      'after',
      `
A and B are \`current\`, the beginning of a hash from \`prompts list\`, or a config file. Reviewed images that a prompt has
not drafted are drafted first, after a word on what that costs; nothing is paid twice, and a trial does not become the
prompt in use.

Examples:
  understudy prompts compare current other.yaml --limit 40
  understudy prompts compare current --model gemini-3.5-flash-lite --dry-run`,
    )
    .action(
      action({
        options: CompareOptions,
        handler: (options, context) => compareTwoPrompts(options, context),
        render: (compared) =>
          compared === null ? 'Nothing was started and nothing was spent.' : renderComparedPrompts(compared),
      }),
    )
}
