import type { Command } from 'commander'
import { z } from 'zod'
import type { ReviewOverview } from '../../activities/compose-project.ts'
import { batchKinds, type BatchKind } from '../../domain/contracts/disagreement-kinds.ts'
import { action } from '../command.ts'
import { openLink } from '../open-link.ts'
import { openProject } from '../project.ts'
import { renderPairs } from '../table.ts'

interface ReviewView extends ReviewOverview {
  readonly project: string
}

const meanings: Record<BatchKind, string> = {
  'held-out': 'held out to measure with',
  audit: 'drawn at random: the unbiased share',
  'cold-start': 'for the first training',
  ranked: 'where teacher and student differ most',
  diverse: 'unlike what was seen so far',
}

/** `review`: where to review, and how much waits. */
export function registerReview(program: Command): void {
  program
    .command('review')
    .description('show what waits for review, and where')
    .option('--open', 'open Label Studio in the browser')
    .addHelpText('after', '\nExample:\n  understudy review --open')
    .action(
      action({
        options: z.object({ open: z.boolean().default(false) }),
        handler: async ({ open }, { folder, output }): Promise<ReviewView> => {
          const { name, settings } = await openProject(folder)
          const { readReviewOverview } = await import('../../activities/compose-project.ts')
          const overview = await readReviewOverview(settings, name)
          if (open && overview.boardUrl !== null && !(await openLink(overview.boardUrl)))
            output.warn('No browser could be opened here: use the link.')
          return { project: name, ...overview }
        },
        render,
      }),
    )
}

function render({
  project,
  boardUrl,
  queued,
  batches,
  accepted,
  skipped,
  refused,
  withdrawn,
  waiting,
}: ReviewView): string {
  if (boardUrl === null)
    return `Nothing was queued for review in ${project} yet. \`understudy cycle start\` does.`
  const open = batchKinds.flatMap((kind) => {
    const count = waiting[kind] ?? 0
    return count === 0 ? [] : [[kind, `${count}  ${meanings[kind]}`] as const]
  })
  const total = Object.values(waiting).reduce((sum, count) => sum + count, 0)
  return [
    `${total} of ${queued} images wait for review, in ${batches} ${batches === 1 ? 'batch' : 'batches'}.`,
    ...(open.length === 0 ? [] : [renderPairs(open)]),
    `Answered: ${accepted} accepted, ${skipped} skipped, ${refused} refused (they wait again).`,
    ...(withdrawn === 0
      ? []
      : [`Withdrawn: ${withdrawn}, their tasks were deleted in Label Studio; a later batch may ask again.`]),
    'Answers given in the last minute may not be counted yet.',
    `Review in Label Studio: ${boardUrl}`,
  ].join('\n')
}
