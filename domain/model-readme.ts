import type { ImageSize } from './box.ts'
import type { Task } from './contracts/tasks.ts'

/** How to run an exported model elsewhere: what a reader of the file needs to know and cannot see in it. */
export function modelReadme({
  project,
  model,
  classes,
  task,
  imageSize: { width, height },
  threshold,
}: {
  readonly project: string
  readonly model: string
  readonly classes: readonly string[]
  readonly task: Task
  readonly imageSize: ImageSize
  /** Fixed on validation images; null when it was never evaluated. */
  readonly threshold: number | null
}): string {
  const confidence = threshold === null ? 0.25 : Number(threshold.toFixed(3))
  const said =
    threshold === null
      ? 'It was never evaluated: try what confidence suits you.'
      : `Confidence ${confidence} is where it was best on the validation images of its project.`
  return `# A detector of ${classes.join(', ')}

Trained by understudy in project ${project}. \`model.onnx\` has the SHA-256 ${model}; \`model.json\` tells from what, how and
when it was made.

## With understudy
\`\`\`
understudy predict photo.jpg --model model.onnx --conf ${confidence} --json
\`\`\`
${said}

## With ONNX Runtime
- Input: \`float32[1, 3, ${height}, ${width}]\`, RGB, 0 to 1. Scale the upright image to fit ${width} x ${height} with its
  proportions kept, put it in the middle and fill the rest with grey (114/255).
${outputs[task](classes.length)}
- Keep what scores at least ${confidence}, then suppress boxes of one class that overlap with IoU above 0.7, the best first. Take the
  border off again and scale back to get pixels of the image.
`
}

const box = 'the centre x, centre y, width and height in pixels of the input'

/** As the trainers that come along export: an end-to-end head of another trainer's is described by its own papers. */
const outputs: Readonly<Record<Task, (classes: number) => string>> = {
  detect: (classes) =>
    `- Output: \`float32[1, 4 + ${classes}, N]\`: for each of N places ${box},
  then a score for each class in the order of \`classes.txt\`.`,
  segment: (classes) =>
    `- Outputs: \`float32[1, 4 + ${classes} + M, N]\`: for each of N places ${box},
  a score for each class in the order of \`classes.txt\`, then M weights; and \`float32[1, M, h, w]\`, M prototypes. An object's mask
  is where the sum of the prototypes, each times its weight, is above 0, inside of its box.`,
}
