import type { Command } from 'commander'
import { z } from 'zod'
import type { DatasetExport } from '../../activities/compose-datasets.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'

const options = z.object({
  out: z.string(),
  to: z.enum(['yolo', 'yolo-seg', 'coco', 'voc']),
  dataset: z.string().nullable().default(null),
})

/** `dataset export`: a version as a folder that other tools read. */
export function registerExport(dataset: Command): void {
  dataset
    .command('export')
    .description('write a dataset version as a folder of pictures and labels')
    .argument('<out>', 'a folder that is new or empty')
    .requiredOption('--to <format>', '`yolo`, `yolo-seg` (outlines), `coco` or `voc`')
    .option('--dataset <hash>', 'a version, by its hash or the first digits; default: the newest')
    .addHelpText('after', '\nExample:\n  understudy dataset export --to yolo ~/blood-cells')
    .action(action({ options, handler: run, render }))
}

async function run(
  { out, to, dataset }: z.infer<typeof options>,
  { folder, output, signal }: HandlerContext,
): Promise<DatasetExport> {
  const { name, settings } = await openProject(folder)
  const { composeDatasetExport } = await import('../../activities/compose-datasets.ts')
  return composeDatasetExport(settings.store)({
    project: name,
    dataset,
    format: to,
    folder: out,
    signal,
    onProgress: (done, total) => output.progress(`Writing ${done} of ${total} images`),
  })
}

function render({ dataset, format, folder, images, boxes, classes, crowdsLeftOut }: DatasetExport): string {
  const lines = [
    `Wrote dataset ${short(dataset)} as ${format}: ${images} images, ${boxes} boxes, ${classes.length} classes.`,
    folder,
  ]
  if (crowdsLeftOut > 0)
    lines.push(`${crowdsLeftOut} crowd regions were left out: the format has no word for them.`)
  return lines.join('\n')
}
