import type { Split } from './splits.ts'

/**
 * Where everything lies in the bucket. Keys are deterministic: an activity that runs twice writes the same object.
 * `image` is always the SHA-256 of the source file in hex.
 */
export const storeKeys = (project: string) => ({
  config: (hash: string) => `${project}/config/${hash}.json`,
  images: `${project}/images/`,
  imageBytes: (image: string, extension: string) => `${project}/images/${image}.${extension}`,
  imageRecord: (image: string) => `${project}/images/${image}.json`,
  allDrafts: `${project}/drafts/`,
  drafts: (promptVersion: string) => `${project}/drafts/${promptVersion}/`,
  draft: (promptVersion: string, image: string) => `${project}/drafts/${promptVersion}/${image}.json`,
  draftReply: (promptVersion: string, image: string) =>
    `${project}/drafts/${promptVersion}/${image}.reply.json`,
  draftPart: (promptVersion: string, image: string, part: number) =>
    `${project}/draft-parts/${promptVersion}/${image}/${part}.json`,
  draftPartReply: (promptVersion: string, image: string, part: number) =>
    `${project}/draft-parts/${promptVersion}/${image}/${part}.reply.json`,
  promptVersion: (promptVersion: string) => `${project}/drafts/${promptVersion}/_prompt.json`,
  /** There while a version was only tried out. */
  promptTrial: (promptVersion: string) => `${project}/drafts/${promptVersion}/_trial.json`,
  attemptsOf: (promptVersion: string, image: string) => `${project}/attempts/${promptVersion}/${image}/`,
  attempt: (promptVersion: string, image: string, callId: string) =>
    `${project}/attempts/${promptVersion}/${image}/${callId}.json`,
  batches: `${project}/batches/`,
  batch: (number: number) => `${project}/batches/${pad(number)}.jsonl`,
  board: `${project}/board.json`,
  reviews: `${project}/reviews/`,
  review: (image: string, annotationId: number, updatedAt: string) =>
    `${project}/reviews/${image}/${annotationId}-${updatedAt.replaceAll(':', '')}.json`,
  /** Labels from elsewhere, named by their content and the moment they came. */
  importedReview: (image: string, content: string, updatedAt: string) =>
    `${project}/reviews/${image}/import-${content}-${updatedAt.replaceAll(':', '')}.json`,
  /** Answers on tasks that are none of ours: apart from the reviews, which all name an image. */
  foreignAnswer: (annotationId: number, updatedAt: string) =>
    `${project}/foreign-answers/${annotationId}-${updatedAt.replaceAll(':', '')}.json`,
  datasets: `${project}/datasets/`,
  datasetImages: (dataset: string, split: Split, chunk: number) =>
    `${project}/datasets/${dataset}/${split}-${pad(chunk)}.jsonl`,
  /** Which review or draft each line comes from. */
  datasetOrigins: (dataset: string, chunk: number) =>
    `${project}/datasets/${dataset}/origins-${pad(chunk)}.jsonl`,
  datasetBuilt: (dataset: string) => `${project}/datasets/${dataset}/built.json`,
  datasetRecord: (dataset: string) => `${project}/datasets/${dataset}/dataset.json`,
  training: (trainKey: string) => `${project}/trainings/${trainKey}.json`,
  trainingPlan: (trainKey: string) => `${project}/trainings/${trainKey}.plan.json`,
  /** Weights of somebody else's that trainings begin with. */
  baseWeights: (sha256: string) => `${project}/base-weights/${sha256}.pt`,
  baseWeightsNamed: (name: string) => `${project}/base-weights/${name}.json`,
  models: `${project}/models/`,
  modelFile: (model: string, file: string) => `${project}/models/${model}/${file}`,
  modelOnnx: (model: string) => `${project}/models/${model}/model.onnx`,
  modelRecord: (model: string) => `${project}/models/${model}/model.json`,
  champion: `${project}/champion.json`,
  champions: `${project}/champions/`,
  championEntry: (number: number) => `${project}/champions/${pad(number)}.json`,
  judgements: `${project}/judgements/`,
  judgement: (testSet: string, cycle: number, challenger: string, champion: string | null) =>
    `${project}/judgements/${testSet}/${pad(cycle)}-${challenger}-${champion ?? 'none'}.json`,
  testSet: (testSet: string) => `${project}/test-sets/${testSet}.json`,
  predictionManifest: (manifest: string) => `${project}/predictions/manifests/${manifest}.json`,
  predictionShard: (model: string, manifest: string, settings: string, shard: number) =>
    `${project}/predictions/${model}/${manifest}-${settings}/${pad(shard)}.jsonl`,
  cycles: `${project}/cycles/`,
  cycleFile: (cycle: number, file: string) => `${project}/cycles/${pad(cycle)}/${file}`,
  draftChunk: (cycle: number, chunk: number) => `${project}/cycles/${pad(cycle)}/drafting/${pad(chunk)}.json`,
  uploads: `${project}/uploads/`,
  /** A picture of an image that lies on the vendor's disk; `use`: who uses it. */
  upload: (promptVersion: string, image: string, use: string) =>
    `${project}/uploads/${promptVersion}/${image}/${use}.json`,
  reservations: (date: string) => `${project}/reservations/${date}.json`,
  draftBatches: (cycle: number, chunk: number) =>
    `${project}/cycles/${pad(cycle)}/drafting/${pad(chunk)}.jobs.json`,
  ledger: `${project}/ledger/`,
  ledgerEntry: (date: string, callId: string) => `${project}/ledger/${date}/${callId}.json`,
})

export type StoreKeys = ReturnType<typeof storeKeys>

const pad = (number: number): string => String(number).padStart(4, '0')
