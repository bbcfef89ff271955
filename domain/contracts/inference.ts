/** What computes a model: `cpu` is always there, the others where ONNX Runtime was built with them and finds its device. */
export const inferenceProviders = ['cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const
export type InferenceProvider = (typeof inferenceProviders)[number]

/** How the cores are shared out: so many pictures at a time, each computed by so many threads. */
export interface PoolShape {
  readonly workers: number
  readonly threads: number
}

export const shapeText = ({ workers, threads }: PoolShape): string =>
  `${workers} worker${workers === 1 ? '' : 's'} x ${threads} thread${threads === 1 ? '' : 's'}`
