import type { LocalStudent } from '../../activities/compose-local.ts'
import { isVideo, type PictureFile } from '../picture-files.ts'
import type { OpenPicture } from './prediction.ts'

export interface VideoReading {
  readonly frames: (path: string) => ReturnType<LocalStudent['videoFrames']>
  readonly refuse: (path: string, error: unknown) => void
}

/**
 * Pictures as they are, videos as one frame every so many seconds. A video that fails is told to `refuse` and the next
 * file is taken; its frames so far stand.
 */
export async function* openPictures(
  files: readonly PictureFile[],
  { frames, refuse }: VideoReading,
): AsyncGenerator<OpenPicture> {
  for (const { path, name } of files) {
    if (!isVideo(path)) {
      yield { label: path, name, source: path }
      continue
    }
    try {
      for await (const { seconds, encoded } of frames(path))
        yield { label: `${path}#t=${seconds}`, name: `${name}-t${seconds}`, source: encoded }
    } catch (error) {
      refuse(path, error)
    }
  }
}
