import { fileURLToPath } from 'node:url'
import { tinyArchitecture } from '../../../domain/training-plan.ts'
import { runPaths, type RunSpec } from './run-folder.ts'

const tinyModel = fileURLToPath(new URL('understudy-tiny.yaml', import.meta.url))

/**
 * The file of class names and splits, named without its folder: the trainer writes this argument into the exported model,
 * and a model must not tell where it was made. It is found because the dataset's folder is the working directory.
 */
const data = 'data.yaml'

const model = ({ parentWeights, arguments: { architecture } }: RunSpec): string =>
  parentWeights ?? (architecture === tinyArchitecture ? tinyModel : architecture)

/**
 * Arguments of a training's first attempt. With the trainer's defaults a small set makes three optimizer steps an epoch
 * (`nbs` 64) and learns little; this recipe took the same model from 0.56 to 0.85 mAP50. `optimizer` is named because
 * `auto` ignores the learning rate; `amp` is off because its check downloads a model; `patience` 0 keeps every run at its
 * planned length. Never add `pretrained=False`: it drops the parent's weights without a word.
 */
export const trainArguments = (folder: string, spec: RunSpec): string[] => [
  'detect',
  'train',
  `model=${model(spec)}`,
  `data=${data}`,
  `imgsz=${spec.arguments.imageSize}`,
  `epochs=${spec.arguments.epochs}`,
  `batch=${spec.arguments.batch}`,
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
export const resumeArguments = (checkpoint: string): string[] => [
  'detect',
  'train',
  `model=${checkpoint}`,
  'resume=True',
  `data=${data}`,
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
