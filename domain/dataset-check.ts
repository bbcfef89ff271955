import { boxHeight, boxWidth, isDegenerate, type ImageSize, type LabelledBox } from './box.ts'
import { createDhashIndex } from './near-duplicates.ts'

/** One image of a dataset version with what its record says of the picture. */
export interface CheckedImage extends ImageSize {
  readonly image: string
  readonly group: string
  readonly split: string
  readonly boxes: readonly Omit<LabelledBox, 'score'>[]
  readonly unreviewed?: boolean | undefined
  readonly dhash: string
  readonly storedSha256: string
}

/** `serious`: figures or labels are wrong; `minor`: worth knowing. */
export const findingKinds = {
  'group-leak': 'serious',
  'exact-duplicate-leak': 'serious',
  'near-duplicate-leak': 'serious',
  'held-out-draft': 'serious',
  'box-outside': 'serious',
  'degenerate-box': 'serious',
  'unknown-class': 'serious',
  'corrupt-image': 'serious',
  'several-annotations': 'serious',
  'class-without-examples': 'serious',
  quarantined: 'minor',
  'near-duplicate': 'minor',
  'tiny-box': 'minor',
  'no-outline': 'minor',
  'class-not-tested': 'minor',
  'class-imbalance': 'minor',
} as const
export type FindingKind = keyof typeof findingKinds

export interface Finding {
  readonly kind: FindingKind
  /** The image, or the class, that it is about; for a leak the other image stands in the detail. */
  readonly subject: string
  readonly detail: string
}

/** One stride of the finest grid of a YOLO, pixels, when the longer side is scaled to 640. */
const smallestSide = 8
const usualSize = 640
/** The commonest class has this many times the boxes of the rarest. */
const imbalance = 20

/** Everything that can be told of a version without opening its pictures, in the order of the images. */
export const checkLines = (images: readonly CheckedImage[], classes: readonly string[]): Finding[] => [
  ...images.flatMap((image) => [...checkDraft(image), ...checkBoxes(image, classes)]),
  ...checkOutlines(images),
  ...checkGroups(images),
  ...checkDuplicates(images),
  ...checkClasses(images, classes),
]

const checkDraft = ({ image, split, unreviewed }: CheckedImage): Finding[] =>
  unreviewed === true && split !== 'train'
    ? [{ kind: 'held-out-draft', subject: image, detail: `an unreviewed draft stands in ${split}` }]
    : []

function checkBoxes({ image, width, height, boxes }: CheckedImage, classes: readonly string[]): Finding[] {
  const found: Finding[] = []
  const note = (kind: FindingKind, detail: string) => found.push({ kind, subject: image, detail })
  for (const { class: name, xyxy } of boxes) {
    const [x1, y1, x2, y2] = xyxy
    const where = `${name} at ${xyxy.join(', ')} of ${width}x${height}`
    if (!classes.includes(name)) note('unknown-class', where)
    if (x1 < 0 || y1 < 0 || x2 > width || y2 > height) note('box-outside', where)
    if (isDegenerate(xyxy)) note('degenerate-box', where)
    else {
      const shorter = (Math.min(boxWidth(xyxy), boxHeight(xyxy)) * usualSize) / Math.max(width, height)
      if (shorter < smallestSide) note('tiny-box', `${where}: ${shorter.toFixed(1)} px at ${usualSize}`)
    }
  }
  return found
}

/** Boxes without an outline among such that have one: a student of outlines learns them as rectangles. */
function checkOutlines(images: readonly CheckedImage[]): Finding[] {
  const outlined = (box: CheckedImage['boxes'][number]): boolean => (box.polygons ?? []).length > 0
  if (!images.some(({ boxes }) => boxes.some(outlined))) return []
  return images.flatMap(({ image, boxes }): Finding[] => {
    const objects = boxes.filter(({ crowd }) => crowd !== true)
    const bare = objects.filter((box) => !outlined(box)).length
    const detail = `${bare} of ${objects.length} boxes have no outline and are learnt as rectangles`
    return bare === 0 ? [] : [{ kind: 'no-outline', subject: image, detail }]
  })
}

function checkGroups(images: readonly CheckedImage[]): Finding[] {
  const first = new Map<string, CheckedImage>()
  return images.flatMap((image): Finding[] => {
    const other = first.get(image.group)
    if (other === undefined) first.set(image.group, image)
    if (other === undefined || other.split === image.split) return []
    const detail = `in ${image.split}, and ${other.image} of the same group (${image.group}) in ${other.split}`
    return [{ kind: 'group-leak', subject: image.image, detail }]
  })
}

/** Pairs of pictures that are the same or look it: across splits a leak, within one worth knowing. */
function checkDuplicates(images: readonly CheckedImage[]): Finding[] {
  const index = createDhashIndex(images.length)
  const found: Finding[] = []
  const bytes = new Map<string, CheckedImage>()
  for (const image of images) {
    const same = bytes.get(image.storedSha256)
    if (same === undefined) bytes.set(image.storedSha256, image)
    else if (same.split !== image.split) found.push(pair('exact-duplicate-leak', image, same))
    let near: CheckedImage | null = null
    index.visitNear(image.dhash, (number) => {
      const other = images[number]
      if (other === undefined || other === same) return
      if (near === null || (near.split === image.split && other.split !== image.split)) near = other
    })
    index.add(image.dhash)
    if (near !== null) found.push(nearPair(image, near))
  }
  return found
}

const nearPair = (image: CheckedImage, other: CheckedImage): Finding =>
  pair(image.split === other.split ? 'near-duplicate' : 'near-duplicate-leak', image, other)

const pair = (kind: FindingKind, image: CheckedImage, other: CheckedImage): Finding => ({
  kind,
  subject: image.image,
  detail: `in ${image.split}, and ${other.image} in ${other.split}`,
})

function checkClasses(images: readonly CheckedImage[], classes: readonly string[]): Finding[] {
  const counts = new Map(classes.map((name) => [name, { train: 0, val: 0, test: 0 }]))
  for (const { split, boxes } of images) {
    if (split !== 'train' && split !== 'val' && split !== 'test') continue
    for (const { class: name } of boxes) {
      const ofClass = counts.get(name)
      if (ofClass) ofClass[split] += 1
    }
  }
  const found = [...counts].flatMap(([subject, { train, val, test }]): Finding[] => {
    if (train === 0)
      return [{ kind: 'class-without-examples', subject, detail: 'no box of it in train: it is not learnt' }]
    const missing = [...(val === 0 ? ['val'] : []), ...(test === 0 ? ['test'] : [])].join(' and ')
    return missing === ''
      ? []
      : [
          {
            kind: 'class-not-tested',
            subject,
            detail: `no box of it in ${missing}: it is not measured there`,
          },
        ]
  })
  const trained = [...counts].map(([name, { train }]) => ({ name, train })).filter(({ train }) => train > 0)
  trained.sort((a, b) => a.train - b.train)
  const [rarest, commonest] = [trained[0], trained.at(-1)]
  if (rarest && commonest && commonest.train >= imbalance * rarest.train) {
    const detail = `${rarest.train} boxes in train; ${commonest.name} has ${commonest.train}`
    found.push({ kind: 'class-imbalance', subject: rarest.name, detail })
  }
  return found
}
