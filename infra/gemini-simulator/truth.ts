import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { ImageSize } from '../../domain/box.ts'
import { relativeSide, type Drawn, type TypicalSides } from './error-profile.ts'
import { createTileFinder } from './tile-views.ts'
import { greyThumbnail, thumbnailDistance } from './pictures.ts'

const CocoFile = z.object({
  images: z.array(
    z.object({ id: z.int(), file_name: z.string(), width: z.int().positive(), height: z.int().positive() }),
  ),
  annotations: z.array(
    z.object({
      image_id: z.int(),
      category_id: z.int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
})

export interface TruthImage {
  /** Path of the picture's file. */
  readonly file: string
  readonly name: string
  /** SHA-256 of the file: seeds everything that is drawn for this image. */
  readonly sha256: string
  readonly size: ImageSize
  readonly objects: readonly Drawn[]
  /** Set for a tile of the picture: its place, and how much larger objects look in it than in the whole. */
  readonly view?: { readonly name: string; readonly enlarged: number }
}

export interface Truth {
  readonly classes: readonly string[]
  readonly images: readonly TruthImage[]
  readonly typicalSides: TypicalSides
  /** The image, or tile of one, that these bytes show: by their hash, else by a thumbnail; null for one without labels. */
  recognise(encoded: Uint8Array): Promise<TruthImage | null>
}

/** Mean difference of 16x16 grey values: another size and compression stays below 2, other blood smears begin at 11. */
const samePicture = 5

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Reads COCO files whose pictures lie in the folder `images` beside each. */
export async function loadTruth(cocoFiles: readonly string[]): Promise<Truth> {
  const files = await Promise.all(cocoFiles.map(loadCoco))
  const images = files.flatMap((file) => file.images)
  const bySha256 = new Map(images.map((image) => [image.sha256, image]))
  const findTile = createTileFinder(images)
  let thumbnails: Promise<readonly (readonly [TruthImage, Uint8Array])[]> | null = null

  return {
    classes: [...new Set(files.flatMap((file) => file.classes))],
    images,
    typicalSides: typicalSidesOf(images),
    async recognise(encoded) {
      const known = bySha256.get(sha256(encoded))
      if (known !== undefined) return known
      // Most pictures come byte for byte: thumbnails are made when the first one does not.
      thumbnails ??= Promise.all(
        images.map(async (image) => [image, await greyThumbnail(await readFile(image.file))] as const),
      )
      const thumbnail = await greyThumbnail(encoded)
      const distances = (await thumbnails).map(
        ([image, other]) => [image, thumbnailDistance(thumbnail, other)] as const,
      )
      const [nearest] = distances.toSorted((a, b) => a[1] - b[1])
      if (nearest !== undefined && nearest[1] < samePicture) return nearest[0]
      return findTile(encoded, samePicture)
    },
  }
}

async function loadCoco(file: string): Promise<Pick<Truth, 'classes' | 'images'>> {
  const coco = CocoFile.parse(JSON.parse(await readFile(file, 'utf8')))
  const names = new Map(coco.categories.map(({ id, name }) => [id, name]))
  const objects = new Map<number, Drawn[]>(coco.images.map(({ id }) => [id, []]))
  for (const { image_id: image, category_id: category, bbox } of coco.annotations) {
    const [x, y, width, height] = bbox
    const name = names.get(category)
    if (name === undefined)
      throw new Error(`${file} labels an object with category ${category}, which it does not list.`)
    objects.get(image)?.push({ class: name, xyxy: [x, y, x + width, y + height] })
  }
  const images: TruthImage[] = []
  for (const { id, file_name: name, width, height } of coco.images) {
    const path = join(dirname(file), 'images', name)
    images.push({
      file: path,
      name,
      sha256: sha256(await readFile(path)),
      size: { width, height },
      objects: objects.get(id) ?? [],
    })
  }
  return { classes: [...names.values()], images }
}

function typicalSidesOf(images: readonly TruthImage[]): TypicalSides {
  const sides = new Map<string, number[]>()
  for (const { objects, size } of images) {
    for (const object of objects) {
      const list = sides.get(object.class) ?? []
      list.push(relativeSide(object.xyxy, size))
      sides.set(object.class, list)
    }
  }
  return new Map([...sides].map(([name, list]) => [name, list.reduce((a, b) => a + b, 0) / list.length]))
}
