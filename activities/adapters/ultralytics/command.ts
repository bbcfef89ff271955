import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Task } from '../../../domain/contracts/tasks.ts'
import { referenceSettings } from '../../../domain/detection-defaults.ts'
import { tinyArchitecture } from '../../../domain/training-plan.ts'
import { runPaths, type RunSpec } from '../../detached-training/run-folder.ts'

const tinyModels: Readonly<Record<Task, string>> = {
  detect: fileURLToPath(new URL('understudy-tiny.yaml', import.meta.url)),
  segment: fileURLToPath(new URL('understudy-tiny-seg.yaml', import.meta.url)),
}

/**
 * The file of class names and splits, named without its folder: the trainer writes this argument into the exported model,
 * and a model must not tell where it was made. It is found because the dataset's folder is the working directory.
 */
const data = 'data.yaml'

/**
 * Always a file that is there: given a bare name of weights the trainer goes to the network for them, offline or not.
 * Throws on one: a plan that names weights has them in the store.
 */
function model({ task, weights, arguments: { architecture } }: RunSpec): string {
  if (weights !== null) return weights
  if (architecture === tinyArchitecture) return tinyModels[task]
  if (architecture.endsWith('.yaml')) return architecture
  throw new Error(
    `The trainer would look for ${architecture} on the network: expected weights, tiny or a .yaml.`,
  )
}

/**
 * Arguments of a training's first attempt. With the trainer's defaults a small set makes three optimizer steps an epoch
 * (`nbs` 64) and learns little; this recipe took the same model from 0.56 to 0.85 mAP50. `optimizer` is named because
 * `auto` ignores the learning rate; `amp` is off because its check downloads a model; `patience` 0 keeps every run at its
 * planned length. `nbs` stays the planned batch when a smaller one had to do: the trainer then sums up gradients. Never add `pretrained=False`: it drops the parent's weights without a word.
 */
export const trainArguments = (folder: string, spec: RunSpec, batch: number): string[] => [
  spec.task,
  'train',
  `model=${model(spec)}`,
  `data=${data}`,
  `imgsz=${spec.arguments.imageSize}`,
  `epochs=${spec.arguments.epochs}`,
  `batch=${batch}`,
  `nbs=${spec.arguments.batch}`,
  `lr0=${spec.arguments.learningRate}`,
  `seed=${spec.arguments.seed}`,
  `cache=${spec.cache ? 'ram' : 'False'}`,
  `project=${folder}`,
  'name=train',
  'exist_ok=True',
  'optimizer=AdamW',
  'cos_lr=True',
  'warmup_epochs=1',
  'mosaic=0',
  'close_mosaic=0',
  'patience=0',
  'workers=0',
  'amp=False',
  'plots=False',
]

/** Goes on from a checkpoint. `data` is named again so that the trainer can never fall back on its example dataset. */
export const resumeArguments = (spec: RunSpec, checkpoint: string, batch: number): string[] => [
  spec.task,
  'train',
  `model=${checkpoint}`,
  'resume=True',
  `data=${data}`,
  ...(batch === spec.arguments.batch ? [] : [`batch=${batch}`]),
]

/** Fixed square input, one image, float32, raw head: what our own inference reproduces bit for bit. */
export const exportArguments = (folder: string, { arguments: { imageSize } }: RunSpec): string[] => [
  'export',
  `model=${runPaths(folder).best}`,
  'format=onnx',
  `imgsz=${imageSize}`,
  'batch=1',
  'device=cpu',
]

/**
 * One image through the trainer's own runtime, with the weights that were exported. `rect=False` makes it see the image as the
 * fixed square input of the export does.
 */
export const predictArguments = (
  folder: string,
  { task, arguments: { imageSize } }: RunSpec,
  image: string,
): string[] => [
  task,
  'predict',
  `model=${runPaths(folder).best}`,
  `source=${image}`,
  `imgsz=${imageSize}`,
  `conf=${referenceSettings.confidence}`,
  `iou=${referenceSettings.iou}`,
  `max_det=${referenceSettings.maxDetections}`,
  'rect=False',
  'device=cpu',
  'save=False',
  'save_txt=True',
  'save_conf=True',
  `project=${folder}`,
  `name=${basename(runPaths(folder).referenceFolder)}`,
  'exist_ok=True',
]

/**
 * Everything the trainer is called with, for a model's record: folders of this machine are replaced by what lies in them.
 * A resumed attempt names a checkpoint instead of `model`; the rest it takes from there.
 */
export function recordedCommand(folder: string, spec: RunSpec, batch: number): string[] {
  const names: readonly (readonly [string, string])[] = [
    ...(spec.weights === null ? [] : [[spec.weights, '<weights>'] as const]),
    ...Object.values(tinyModels).map((path) => [path, basename(path)] as const),
    [folder, '<run>'],
    [spec.datasetFolder, '<dataset>'],
  ]
  const withoutFolders = (argument: string): string =>
    names.reduce((text, [path, name]) => text.replaceAll(path, name), argument)
  return ['yolo', ...trainArguments(folder, spec, batch), 'yolo', ...exportArguments(folder, spec)].map(
    withoutFolders,
  )
}
