import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const demo = new URL('../../demo/blood-cells/', import.meta.url)
export const demoImages = fileURLToPath(new URL('images', demo))
export const demoLabels = fileURLToPath(new URL('labels.coco.json', demo))

/** Beside the demo's own 640 x 480: what phones, cameras and the web give. */
const otherSizes = [
  [500, 375],
  [480, 640],
  [1024, 768],
  [1280, 720],
  [1920, 1080],
] as const

/** A folder of JPEGs: `plain` photographs of the demo as they are, one of each other size for every eight of them. */
export async function writeBenchPictures(folder: string, plain: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const names = (await readdir(demoImages)).sort().slice(-plain)
  for (const [index, name] of names.entries()) {
    const source = join(demoImages, name)
    await copyFile(source, join(folder, name))
    const size = otherSizes[index % 8]
    if (size === undefined) continue
    await sharp(source)
      .resize(size[0], size[1], { fit: 'cover' })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${size.join('x')}-${name}`))
  }
}
