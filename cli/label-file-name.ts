import { namesFile } from './yolo-folder.ts'

/** The dot in a frame's `clip.mp4-t0.5` begins no extension. */
const pictureExtension = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|hei[cf])$/i

/** Names label files: `photo.txt` for `photo.jpg`, as the trainer pairs them; `photo.png.txt` for a second of that name. */
export function labelFileNames(): (picture: string) => string {
  const taken = new Set([namesFile])
  return (picture) => {
    const short = `${picture.replace(pictureExtension, '')}.txt`
    const file = taken.has(short) ? `${picture}.txt` : short
    taken.add(file)
    return file
  }
}
