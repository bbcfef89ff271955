import type { Command } from 'commander'
import { z } from 'zod'
import { answerForms } from '../../domain/formats/gemini/question.ts'
import { thinkingWords } from '../../domain/teacher-models.ts'

const usd = z.coerce.number().positive()

export const AskOptions = z.object({
  words: z.array(z.string()).min(2, 'expected pictures, and then the question'),
  as: z.enum(answerForms),
  think: z.union([z.enum(thinkingWords), z.literal(true).transform(() => 'high' as const)]).optional(),
  language: z.string().min(1).optional(),
  together: z.boolean().default(false),
  model: z.string().min(1).optional(),
  imageSize: z.coerce.number().int().min(256).max(4096).optional(),
  price: z
    .string()
    .regex(/^\d+(\.\d+)?,\d+(\.\d+)?$/, 'expected IN,OUT in USD per million tokens')
    .transform((text) => {
      const [input = 0, output = 0] = text.split(',').map(Number)
      return { input, output }
    })
    .optional(),
  save: z.string().min(1).optional(),
  fov: z.coerce.number().min(1).max(179),
  limit: z.coerce.number().int().min(1).optional(),
  budget: usd.optional(),
  dryRun: z.boolean().default(false),
  simulate: z.boolean().default(false),
  truth: z.array(z.string()).default([]),
})
export type AskOptions = z.infer<typeof AskOptions>

/** The words and options of `ask`. */
export const describeAsk = (command: Command): Command =>
  command
    .description('ask the teacher about pictures: find, point, outline, or talk; no stack is needed')
    .argument('<words...>', 'pictures, folders or patterns, and the question last')
    .option('--as <form>', `what to answer with: ${answerForms.join(', ')}`, 'boxes')
    .option('--think [level]', `how long to think: ${thinkingWords.join(', ')}; high when no level is given`)
    .option('--language <name>', 'language of the labels or the answer; default: that of the question')
    .option('--together', 'all pictures in one question, instead of one question each')
    .option('--model <name>', 'which model to ask; default: that of the project, else gemini-3.8-flash')
    .option('--image-size <pixels>', 'longer side of what is sent')
    .option('--price <in,out>', 'USD per million tokens, for models that are not on the list')
    .option('--save <dir>', 'also write the pictures with the answer drawn on them, and the answer as JSON')
    .option('--fov <degrees>', 'assumed horizontal field of view, for boxes3d', '60')
    .option('--limit <count>', 'ask about so many pictures at most')
    .option('--budget <usd>', 'a hard stop: a call starts only if its worst case still fits')
    .option('--dry-run', 'say what it would cost, and ask nobody')
    .option('--simulate', 'ask the simulated teacher, which knows the pictures of the demo')
    .option('--truth <file...>', 'labels (COCO) that the simulated teacher knows instead')
    .addHelpText(
      'after',
      `
The key is taken from GEMINI_API_KEY or GOOGLE_API_KEY; in a project with a running stack, its teacher is asked and the
ledger is written. Cost is said on standard error. With --json each picture is one line.

Examples:
  understudy ask street.jpg "workers without a helmet" --save answers
  understudy ask shelf/*.jpg "empty places on the shelf" --as points --language Deutsch --budget 0.10
  understudy ask before.jpg after.jpg "What has changed?" --as text --together --think`,
    )
