import { stringify } from 'yaml'
import type { Task } from '../domain/contracts/tasks.ts'

/** The text of a new understudy.yaml: every value there is, at its default, with what it does beside it. */
export function configTemplate({
  project,
  classes,
  task = 'detect',
}: {
  readonly project: string
  readonly classes: readonly string[]
  readonly task?: Task
}): string {
  const scalar = (value: string): string => stringify(value, { lineWidth: 0 }).trimEnd()
  const entries = classes.map(
    (name, index) => `  - name: ${scalar(name)}
    ${index === 0 ? '# What it looks like and what does not count, in plain words: the teacher reads this.\n    ' : ''}description: ''
    ${index === 0 ? '# Open words, such as "workers without a helmet": the class is asked about in a call of its own, and whatever fits\n    # them is of this class. Empty: it is asked about together with the others, by its name.\n    ' : ''}prompt: ''
    ${index === 0 ? '# Other words the teacher may use for it, mapped back to the name: [car, automobile]\n    ' : ''}aliases: []
`,
  )
  return `# A project of understudy. Every value but project and classes may be left out; those below are the defaults.
# Check it at any time: any command reports all mistakes at once, with their lines.

# 3 to 40 lower-case letters, digits or -. Everything in the store lies under this name.
project: ${scalar(project)}

# detect: boxes. segment: boxes with the outline of each object, drafted, reviewed, trained and predicted.
task: ${task}

# What the detector learns to find, in this order.
classes:
${entries.join('')}
# The model that drafts. Another model, thinking, instruction, imageSize, tiles, samples, mediaResolution or outlines, and
# any change to the names, descriptions or prompts of the classes, means new drafts, which are paid for again.
teacher:
  model: gemini-3.8-flash
  # minimal, low, medium or high. More finds more and costs more.
  thinking: low
  # Added to the built-in instruction, in plain words.
  instruction: ''
  # Longer side of the picture that is sent, pixels (256 to 4096). A smaller picture goes as it is.
  imageSize: 1536
  # For small objects: looks at so many overlapping tiles a side (1 to 4) besides the whole picture. Each is a call: 2 means 5.
  tiles: 1
  # Asks so often (1 to 9); how often an object was seen is its score. Each is a call.
  samples: 1
  # How finely the model looks at a picture: auto, low, medium, high or ultra-high. More tokens, more small objects.
  mediaResolution: auto
  # How outlines are asked for when task is segment: masks (2.5), polygons (3 and later), auto: as the model can.
  outlines: auto
  # v1 or v1beta; auto: the stable one where it knows what is asked.
  apiVersion: auto
  # Whether pictures may lie on Google's disk until they are answered: auto (a request would be too large, or several calls show
  # a large one), never, always (whenever several calls show one). They are deleted in the end.
  uploads: auto
  # Most tokens of one answer (256 to 65536).
  maxOutputTokens: 8192
  # What your key allows. All calls of all cycles together stay below it.
  requestsPerMinute: 60
  # Tokens of requests (AI Studio, Rate limits: TPM), a picture among them; null: no limit. The lower of the two counts.
  tokensPerMinute: null
  # single: an answer in seconds. batch: half the price, an answer within a day: for nights. Drafts of several calls (tiles,
  # samples, classes in open words) are asked for one by one all the same.
  mode: single
  batch:
    # After so long a job is cancelled, and what it has not answered is asked for one by one.
    deadlineHours: 24
    # Share of the list price that is billed.
    priceShare: 0.5
  # USD per million tokens, for estimates, the budget and the ledger.
  price:
    input: 0.75
    output: 3.75

# A hard stop: the worst case of each call is reserved before it starts.
budget:
  # USD for one cycle; null: no limit.
  perCycleUsd: null
  # USD for one day (UTC), over all cycles, batch jobs, questions and workers; what does not fit is left for later. null: no
  # limit.
  perDayUsd: null

# Shares of the groups that are held out to measure with, above 0. Written once at ingest: a later change touches only
# new images.
split:
  val: 0.15
  test: 0.15

review:
  # Training images in the first batch (held-out images come on top), and in each batch routed by disagreement.
  firstBatch: 100
  routedBatch: 50
  # Share of a batch that is drawn at random: the only unbiased measurement.
  auditShare: 0.15
  # After this many hours a cycle goes on once quota of the batch is reviewed; null: it waits for all.
  deadlineHours: null
  quota: 0.8

# The small model that takes over.
student:
  # ultralytics, or command: the program that UNDERSTUDY_TRAINER_COMMAND names on the training host (docs/trainers.md).
  trainer: ultralytics
  # For command: change it when that program has changed, and the same images are trained anew.
  trainerVersion: ''
  # auto: the champion's; at first yolo11n.pt when it can be had, else tiny, a small network of our own, from scratch.
  # Or tiny, or a network to train from scratch (yolo11n.yaml), or weights you have: a file's name, or its absolute path.
  architecture: auto
  # Whether auto may fetch yolo11n.pt (5 MB) from the network; else it is looked for in the cache's folder weights.
  downloadWeights: true
  # Pixels, 64 to 2048; auto: from the size of the objects.
  imageSize: auto
  # 1 to 2000; auto: from the number of images.
  epochs: auto
  batch: 8
  # The same seed, data and machine give the same model.
  seed: 0
  # champion: go on from the reigning model; scratch: start over.
  startFrom: champion
  # A training that takes longer is ended, and says so; at most 46.
  maxHours: 12
  # train: also learn from the teacher's drafts of training images that nobody has reviewed yet.
  useDrafts: never

# The nightly run; \`understudy schedule set\` puts it in place.
night:
  # A night trains when at least this many training images were newly reviewed.
  minNewReviews: 20
  # HH:MM, 24 hours; null: no schedule.
  at: null
  # Such as Europe/Berlin; null: the machine's.
  timezone: null

# When a new model replaces the champion.
gate:
  # Held-out images that a verdict must rest on.
  minImages: 300
  # Loss of mAP50-95 that still counts as "not worse", 0 to 1.
  margin: 0.02
`
}
