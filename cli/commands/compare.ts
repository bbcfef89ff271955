import type { Command } from 'commander'
import { z } from 'zod'
import { action, type HandlerContext } from '../command.ts'
import type { CompareResult } from '../compare/compare-result.ts'
import { compareSets, type ComparedSets } from '../compare/compare-sets.ts'
import { findSource } from '../compare/find-source.ts'
import { readSources } from '../compare/read-sources.ts'
import { renderComparison } from '../compare/render-comparison.ts'
import { saveSideBySide } from '../compare/save-worst.ts'

const CompareOptions = z.object({
  a: z.string().min(1),
  b: z.string().min(1),
  images: z.string().optional(),
  names: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .optional(),
  conf: z.coerce.number().min(0).max(1),
  worst: z.coerce.number().int().min(0),
  save: z.enum(['png']).optional(),
  out: z.string().min(1),
})
type CompareOptions = z.infer<typeof CompareOptions>

/** `understudy compare`: how far two sources of boxes agree, and where they do not. */
export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('compare two sets of boxes on the same pictures')
    .argument(
      '<a>',
      'a COCO file, a folder of YOLO files, lines of `predict --json`, `teacher`, `reviews`, or a model',
    )
    .argument('<b>', 'the same')
    .option('--images <dir>', 'where the pictures are; a picture without a YOLO file has no boxes then')
    .option(
      '--names <names>',
      'classes of YOLO files, in order, separated by commas; default: classes.txt or data.yaml',
    )
    .option('--conf <number>', 'leave out boxes with a lower score, 0 to 1', '0.25')
    .option('--worst <number>', 'name so many images with the most differences', '10')
    .option('--save <format>', '`png`: also draw them, A left and B right, differences in red')
    .option('--out <dir>', 'folder for --save', 'comparison')
    .addHelpText(
      'after',
      `
A model is an ONNX file, a hash or \`champion\`, and is run now: on --images, else on the other's pictures, else on
all of the project's. \`teacher\`, \`reviews\` and stored models need the stack. F1 and edits are the same both ways.

Examples:
  understudy compare labels.coco.json predictions.jsonl --save png
  understudy compare teacher reviews
  understudy compare champion labels/ --images photos/`,
    )
    .action(action({ options: CompareOptions, handler: compare, render: renderComparison }))
}

async function compare(options: CompareOptions, context: HandlerContext): Promise<CompareResult> {
  const { images = null, names = null, conf } = options
  const sources = [await findSource(options.a), await findSource(options.b)] as const
  const [a, b] = await readSources([...sources], { images, names, conf }, context)
  const compared = compareSets(a, b, conf)
  const { images: count, agreements, f1, editsPerImage, kinds, classes } = compared.comparison
  const sum = (side: 'a' | 'b'): number => classes.reduce((all, row) => all + row[side], 0)
  return {
    a: { name: a.name, boxes: sum('a') },
    b: { name: b.name, boxes: sum('b') },
    images: count,
    agreements,
    f1,
    editsPerImage,
    kinds,
    classes,
    onlyInA: compared.onlyInA,
    onlyInB: compared.onlyInB,
    ambiguous: compared.ambiguous,
    worst: await worstImages(compared, options, context),
  }
}

async function worstImages(
  { comparison, joined }: ComparedSets,
  { worst, save, out }: CompareOptions,
  { output }: HandlerContext,
): Promise<CompareResult['worst']> {
  const shown = comparison.perImage.filter(({ edits }) => edits > 0).slice(0, worst)
  const told: { image: string; edits: number; saved: string | null }[] = []
  for (const [index, one] of shown.entries()) {
    const image = joined.get(one.image)
    const saved =
      save === undefined || image === undefined
        ? null
        : await saveSideBySide(one, image, { folder: out, rank: index + 1 })
    told.push({ image: one.image, edits: one.edits, saved })
  }
  const missing = told.filter(({ saved }) => saved === null).length
  if (save !== undefined && missing > 0)
    output.warn(`${missing} pictures are not at hand and were not drawn: give their folder with --images.`)
  return told
}
