import type { LocalStudent } from '../../activities/compose-local.ts'
import { isVideo, type PictureFile } from '../picture-files.ts'
import type { OpenPicture } from './prediction.ts'

/**
 * Pictures as they are, videos as one frame every so many seconds. A video that fails is told to `refuse` and the next
 * file is taken; its frames so far stand.
 */
export async function* openPictures(
  files: readonly PictureFile[],
  { everySeconds, refuse }: { everySeconds: number; refuse: (path: string, error: unknown) => void },
  frames: LocalStudent['videoFrames'],
): AsyncGenerator<OpenPicture> {
  for (const { path, name } of files) {
    if (!isVideo(path)) {
      yield { label: path, name, source: path }
      continue
    }
    try {
      for await (const { seconds, encoded } of frames(path, everySeconds))
        yield { label: `${path}#t=${seconds}`, name: `${name}-t${seconds}`, source: encoded }
    } catch (error) {
      refuse(path, error)
    }
  }
}
