import { createObjectStore } from './adapters/minio/object-store.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { videoFrames } from './adapters/ffmpeg/video-frames.ts'
import { createDetector, type DetectorOptions } from './adapters/onnx/detector.ts'
import { annotateImage } from './adapters/sharp/annotate-image.ts'
import type { Detector } from './roles/detector.ts'
import { findModel } from './stored-model.ts'
import { fetchModelFile } from './store/model-files.ts'

/** What the command line needs to run a model by itself, without a stack. */
export interface LocalStudent {
  readonly detector: Detector
  readonly annotate: typeof annotateImage
  readonly videoFrames: typeof videoFrames
}

/** What of the detector is for the user to say. */
export type InferenceOptions = Pick<DetectorOptions, 'shape' | 'provider' | 'tuningFolder' | 'tell'>

export const composeLocalStudent = (inference: InferenceOptions = {}): LocalStudent => ({
  detector: createDetector(inference),
  annotate: annotateImage,
  videoFrames,
})

/** Path of a stored model on this machine; `name` is `champion` or (the first digits of) a hash. */
export async function fetchStoredModel(
  settings: ConnectionSettings['store'],
  modelsFolder: string,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<string> {
  const store = createObjectStore(settings)
  return fetchModelFile(store, modelsFolder, { project, model: await findModel(store, project, name) })
}
