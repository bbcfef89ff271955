import { z } from 'zod'
import { tasks } from '../contracts/tasks.ts'
import { trainers } from '../contracts/trainers.ts'
import { foldWord } from '../ontology.ts'
import { mostTilesASide } from '../tiles.ts'
import { uploadChoices } from '../picture-lane.ts'
import { mediaResolutions, outlineKinds, thinkingWords } from '../teacher-models.ts'
import { isTimezone } from '../timezone.ts'

const className = z.string().trim().min(1).max(60)
const architectureForms =
  'auto, tiny, a name such as yolo11n.yaml or yolo11n.pt, or the absolute path of a .pt file'

/** A path goes nowhere but to weights, which the store then keeps: another host would not have it. */
const isArchitecture = (architecture: string): boolean =>
  !/[/\\]/.test(architecture) || (architecture.startsWith('/') && architecture.endsWith('.pt'))

const fraction = z.number().min(0).max(1)

/** `understudy.yaml`. Strict: an unknown key is a typo and is reported with its line. */
export const ProjectConfig = z.strictObject({
  project: z.string().regex(/^[a-z0-9-]{3,40}$/, '3 to 40 lower-case letters, digits or -'),
  classes: z
    .array(
      z.strictObject({
        name: className,
        /** Plain words for the teacher: what it looks like, what does not count. */
        description: z.string().trim().max(500).default(''),
        /** Open words: the class is asked about in a call of its own, and whatever fits these words is taken for it. */
        prompt: z.string().trim().max(2000).default(''),
        /** Other words the teacher may use for it; mapped back to the name. */
        aliases: z.array(z.string().trim().min(1)).default([]),
      }),
    )
    .min(1)
    .max(1000)
    // Here and not on the whole file: a mistake elsewhere must not keep this one back.
    .superRefine(refuseSharedWords),
  /** `detect`: boxes; `segment`: boxes with the outline of each object, drafted, reviewed, trained and predicted. */
  task: z.enum(tasks).default('detect'),
  teacher: z
    .strictObject({
      model: z.string().trim().min(1).default('gemini-3.8-flash'),
      thinking: z.enum(thinkingWords).default('low'),
      /** Added to the built-in instruction. */
      instruction: z.string().max(4000).default(''),
      /** Longer side of the picture that is sent, pixels; a smaller one goes as it is. */
      imageSize: z.int().min(256).max(4096).default(1536),
      /** Cuts an image into so many overlapping tiles a side, besides the whole: for small objects. Each is a call. */
      tiles: z.int().min(1).max(mostTilesASide).default(1),
      /** Asks each question so often; how often an object is seen is its score. Each is a call. */
      samples: z.int().min(1).max(9).default(1),
      /** How finely the model looks at a picture: tokens a picture. */
      mediaResolution: z.enum(mediaResolutions).default('auto'),
      /** How outlines are asked for where `task` is `segment`; `auto`: as the model can. */
      outlines: z.enum(['auto', ...outlineKinds]).default('auto'),
      /** Version of the API; `auto`: the stable one where it knows what is asked. */
      apiVersion: z.enum(['auto', 'v1', 'v1beta']).default('auto'),
      /** Pictures on the vendor's disk until they are answered: `auto`, where a request would be too large or it saves sending. */
      uploads: z.enum(uploadChoices).default('auto'),
      maxOutputTokens: z.int().min(256).max(65_536).default(8192),
      requestsPerMinute: z.number().positive().default(60),
      /** Input tokens, as Google counts them; null: no limit. */
      tokensPerMinute: z.number().positive().nullable().default(null),
      /** `single`: an answer in seconds. `batch`: half the price, an answer within a day: for nights. */
      mode: z.enum(['single', 'batch']).default('single'),
      batch: z
        .strictObject({
          /** After so long a job is cancelled, and what it has not answered is asked for one by one. */
          deadlineHours: z.number().positive().max(48).default(24),
          /** Share of the list price that is billed. */
          priceShare: z.number().min(0).max(1).default(0.5),
        })
        .prefault({}),
      /** USD per million tokens. */
      price: z
        .strictObject({ input: z.number().min(0), output: z.number().min(0) })
        .default({ input: 0.75, output: 3.75 }),
    })
    .prefault({}),
  budget: z
    .strictObject({
      perCycleUsd: z.number().positive().nullable().default(null),
      /** USD for one day (UTC), over all cycles and workers. */
      perDayUsd: z.number().positive().nullable().default(null),
    })
    .prefault({}),
  split: z
    .strictObject({
      val: fraction.default(0.15),
      test: fraction.default(0.15),
    })
    .prefault({})
    .refine(
      ({ val, test }) => val > 0 && test > 0 && val + test < 0.9,
      'val and test must be above 0 and leave room for training',
    ),
  review: z
    .strictObject({
      /** Training images in the first batch, and in each routed batch. */
      firstBatch: z.int().min(1).default(100),
      routedBatch: z.int().min(1).default(50),
      /** Share of a batch drawn uniformly: the only unbiased measurement. */
      auditShare: fraction.default(0.15),
      /** After this many hours a cycle goes on with `quota` of the batch reviewed; null waits for all. */
      deadlineHours: z.number().positive().nullable().default(null),
      quota: fraction.default(0.8),
    })
    .prefault({}),
  student: z
    .strictObject({
      /** Who trains: Ultralytics, or the program that the training host's UNDERSTUDY_TRAINER_COMMAND names. */
      trainer: z.enum(trainers).default('ultralytics'),
      /** Version of that program: change it when the program has changed, and the same dataset is trained anew. */
      trainerVersion: z.string().trim().max(40).default(''),
      /**
       * `auto`: the champion's; else small pretrained weights when they can be had; else `tiny` from scratch. Or a name the
       * trainer ships with (`yolo11n.yaml`), or weights to begin with: the name of a file, or its absolute path.
       */
      architecture: z.string().trim().min(1).refine(isArchitecture, architectureForms).default('auto'),
      /** Whether weights that are not at hand may be fetched from the network; they are known by their hash. */
      downloadWeights: z.boolean().default(true),
      imageSize: z.union([z.literal('auto'), z.int().min(64).max(2048)]).default('auto'),
      epochs: z.union([z.literal('auto'), z.int().min(1).max(2000)]).default('auto'),
      batch: z.int().min(1).max(256).default(8),
      seed: z.int().min(0).default(0),
      /** A training that takes longer is ended. */
      maxHours: z.number().positive().max(46).default(12),
      /** `champion`: fine-tune the reigning model; `scratch`: start over. */
      startFrom: z.enum(['champion', 'scratch']).default('champion'),
      /** `train`: training images that nobody has reviewed are learnt from the teacher's drafts; marked, and never held out. */
      useDrafts: z.enum(['never', 'train']).default('never'),
    })
    .prefault({}),
  night: z
    .strictObject({
      /** New reviewed training images that make a night train. */
      minNewReviews: z.int().min(1).default(20),
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')
        .nullable()
        .default(null),
      timezone: z.string().refine(isTimezone, 'an IANA name such as Europe/Berlin').nullable().default(null),
    })
    .prefault({}),
  gate: z
    .strictObject({
      minImages: z.int().min(1).default(300),
      /** Loss of mAP50-95 that still counts as "not worse". */
      margin: fraction.default(0.02),
    })
    .prefault({}),
})

export type ProjectConfig = z.infer<typeof ProjectConfig>

function refuseSharedWords(
  classes: readonly { readonly name: string; readonly aliases: readonly string[] }[],
  context: z.RefinementCtx,
): void {
  const seen = new Map<string, number>()
  classes.forEach(({ name, aliases }, index) => {
    for (const word of [name, ...aliases].map(foldWord)) {
      const other = seen.get(word)
      if (other !== undefined && other !== index) {
        context.addIssue({ code: 'custom', path: [index], message: `"${word}" also names another class` })
      }
      seen.set(word, index)
    }
  })
}
