import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { normaliseImage } from '../../../activities/adapters/sharp/normalise-image.ts'
import { datasetLines } from '../../../activities/dataset-library.ts'
import { createDatasetActivities } from '../../../activities/datasets.ts'
import {
  createDatasetExport,
  exportFormats,
  type ExportFormat,
} from '../../../activities/exporting-dataset.ts'
import { createLabelImport } from '../../../activities/importing-labels.ts'
import { createIngest } from '../../../activities/ingesting.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { latestReviews } from '../../../activities/store/reviews.ts'
import { readLabels } from '../../../cli/dataset/read-labels.ts'
import type { LabelledBox } from '../../../domain/box.ts'
import { toCoco } from '../../../domain/formats/coco.ts'
import { createClassTable } from '../../../domain/ontology.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import type { labelFormats } from '../../../domain/schemas/records/review.ts'
import { openDatasetBench, type DatasetBench } from '../../fixtures/dataset-bench.ts'

let folder: string
let bench: DatasetBench
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-labels-'))
  bench = openDatasetBench()
})
afterEach(() => rm(folder, { recursive: true }))

/** Twenty pictures that do not look alike, so that every split has some. */
const names = Array.from({ length: 20 }, (_, index) => `${index}.png`)
const size = { width: 96, height: 64 }

async function put(path: string, body: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), body)
}
async function pictures(): Promise<void> {
  for (const [index, name] of names.entries()) {
    const blocks = Buffer.from(
      Array.from({ length: 72 }, (_, at) => (Math.imul(at + 7, 2654435761 * (index + 3)) >>> 13) & 255),
    )
    const grey = sharp(blocks, { raw: { width: 9, height: 8, channels: 1 } })
    await put(
      `photos/${name}`,
      await grey.resize(size.width, size.height, { kernel: 'nearest', fit: 'fill' }).png().toBuffer(),
    )
  }
}
const dog: LabelledBox = { class: 'dog', xyxy: [10, 12.5, 40.25, 50], score: null }
const outlined: LabelledBox = {
  class: 'katze & <co>',
  xyxy: [50, 5, 90, 60],
  score: null,
  polygons: [
    [
      [50, 5],
      [90, 5],
      [70, 30],
    ],
    [
      [60, 40],
      [90, 60],
      [60, 60],
    ],
  ],
}
const crowd: LabelledBox = { class: 'dog', xyxy: [0, 0, 30, 10], score: null, crowd: true }
const labelsOf = (index: number): LabelledBox[] =>
  index === 4 ? [] : index % 2 === 0 ? [dog] : [dog, outlined, crowd]
const classes = [
  { name: 'dog', aliases: ['puppy'] },
  { name: 'katze & <co>', aliases: [] },
]

async function writeCoco(change: (boxes: LabelledBox[], index: number) => LabelledBox[] = (boxes) => boxes) {
  const images = names.map((file, index) => ({ file, size, boxes: change(labelsOf(index), index) }))
  await put('labels.json', JSON.stringify(toCoco(images, ['dog', 'katze & <co>', 'puppy', 'cow'])))
}
type Format = (typeof labelFormats)[number]
async function importFrom(
  path: string,
  format: Format,
  images: string,
  into = bench,
  ignoreUnknownClasses = false,
) {
  const { store, project, now } = into
  const ingest = createIngest({ store, normalise: normaliseImage, now })
  return createLabelImport({ store, ingest, now })({
    project,
    format,
    from: path,
    labels: await readLabels(format, join(folder, path)),
    folder: join(folder, images),
    classes: createClassTable(classes),
    ignoreUnknownClasses,
    grouping: 'near-duplicates',
    fractions: { val: 0.3, test: 0.2 },
    signal: new AbortController().signal,
    onProgress: () => {},
  })
}
const importCoco = (ignore = false) => importFrom('labels.json', 'coco', 'photos', bench, ignore)

async function build({ store, project, now }: DatasetBench = bench) {
  const configHash = await saveConfig(store, ProjectConfig.parse({ project, classes }))
  const { dataset } = await createDatasetActivities({ store, now }).buildDataset({
    project,
    configHash,
    cycle: 1,
  })
  return { dataset, lines: await datasetLines(store, project, dataset) }
}
const reasons = ({ skipped }: { skipped: readonly { file: string; reason: string }[] }) =>
  skipped.map(({ file, reason }) => [file, reason])

describe('importing labels', () => {
  beforeEach(pictures)

  test('brings pictures and labels in as reviews that say where they come from; images without labels are negatives', async () => {
    await writeCoco()
    expect(await importCoco()).toMatchObject({
      images: 20,
      known: 0,
      boxes: 39,
      empty: 1,
      classes: { dog: 29, 'katze & <co>': 10 },
      unlabelled: 0,
      skipped: [],
      ingest: { added: 20, failed: [] },
    })
    const reviews = [...(await latestReviews(bench.store, bench.project)).values()]
    expect(reviews).toHaveLength(20)
    expect(reviews.map(({ review }) => review)).toContainEqual(
      expect.objectContaining({
        outcome: 'accepted',
        imported: { format: 'coco', from: 'labels.json', file: '4.png' },
      }),
    )
    const { lines } = await build()
    expect(lines.filter(({ boxes }) => boxes.length === 0)).toHaveLength(1)
    expect(new Set(lines.map(({ split }) => split))).toEqual(new Set(['train', 'val', 'test']))
  })

  test('changes nothing when it is repeated, and takes labels that changed', async () => {
    await writeCoco()
    await importCoco()
    const { dataset } = await build()
    expect(await importCoco()).toMatchObject({
      images: 0,
      known: 20,
      boxes: 0,
      ingest: { added: 0, known: 20 },
    })
    expect((await build()).dataset).toBe(dataset)
    await writeCoco((boxes) => boxes.toReversed())
    expect(await importCoco()).toMatchObject({ images: 0, known: 20 })
    bench.now = () => new Date('2026-11-21T05:00:00Z')
    await writeCoco((boxes, index) => (index === 0 ? [] : boxes))
    expect(await importCoco()).toMatchObject({ images: 1, known: 19, empty: 1 })
    bench.now = () => new Date('2026-11-21T06:00:00Z')
    await writeCoco()
    expect(await importCoco()).toMatchObject({ images: 1, known: 19 })
    expect((await build()).dataset).toBe(dataset)
  })

  test('never takes the place of what a person reviewed here', async () => {
    await writeCoco()
    await importCoco()
    const [image = ''] = (await latestReviews(bench.store, bench.project)).keys()
    await bench.review(image, [], { updatedAt: '2026-11-22T00:00:00Z' })
    await writeCoco((boxes) => boxes.slice(0, 1))
    const again = await importCoco()
    expect(reasons(again).map(([, reason]) => reason)).toEqual(['reviewed-here'])
    expect((await latestReviews(bench.store, bench.project)).get(image)?.review.boxes).toEqual([])
  })

  test('knows classes by name and alias, and refuses the whole import for one it does not know', async () => {
    const renamed = (name: string) => (boxes: LabelledBox[]) => boxes.map((box) => ({ ...box, class: name }))
    await writeCoco(renamed('puppy'))
    expect((await importCoco()).classes).toEqual({ dog: 39, 'katze & <co>': 0 })
    bench = openDatasetBench()
    await writeCoco(renamed('cow'))
    await expect(importCoco()).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringContaining('cow (39 boxes)'),
      hint: expect.stringContaining('aliases'),
    })
    expect((await latestReviews(bench.store, bench.project)).size).toBe(0)
    expect(await importCoco(true)).toMatchObject({
      images: 20,
      boxes: 0,
      skipped: [{ reason: 'class-not-wanted' }],
    })
  })

  test('reports what it cannot place: missing, broken, ambiguous and turned pictures; and takes the rest', async () => {
    await writeCoco()
    await rm(join(folder, 'photos/0.png'))
    await put('photos/1.png', 'no picture')
    await put('photos/a/2.png', await readFile(join(folder, 'photos/2.png')))
    await put('photos/b/2.png', await readFile(join(folder, 'photos/3.png')))
    await rm(join(folder, 'photos/2.png'))
    await put(
      'photos/5.png',
      await sharp({ create: { width: 64, height: 96, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    )
    await put(
      'photos/extra.png',
      await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    )
    const result = await importCoco()
    expect(reasons(result).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
      ['0.png', 'image-missing'],
      ['1.png', 'image-refused'],
      ['2.png', 'ambiguous-name'],
      ['5.png', 'size-differs'],
    ])
    expect(result).toMatchObject({ images: 16, ingest: { failed: [{ path: '1.png' }] } })
  })

  test('reads files in other encodings, with a byte order mark or with the line ends of Windows', async () => {
    const voc = (encoding: string) =>
      `<?xml version="1.0" encoding="${encoding}"?>\r\n<annotation><filename>0.png</filename><size><width>96</width><height>64</height></size>\r\n` +
      '<object><name>Dög</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>'
    const encoded: Buffer[] = [
      Buffer.from(voc('ISO-8859-1'), 'latin1'),
      Buffer.from(`\uFEFF${voc('UTF-8')}`, 'utf8'),
      Buffer.from(`\uFEFF${voc('UTF-16')}`, 'utf16le'),
    ]
    for (const bytes of encoded) {
      await put('xml/0.xml', bytes)
      const { files } = await readLabels('voc', join(folder, 'xml'))
      expect(files[0]?.boxes).toEqual([{ class: 'Dög', xyxy: [1, 2, 30, 40], score: null }])
    }
    await put('xml/1.xml', '<annotation><size>')
    await put('xml/2.xml', 'no xml at all')
    expect(reasons(await readLabels('voc', join(folder, 'xml')))).toEqual([
      ['1', 'unreadable-file'],
      ['2', 'unreadable-file'],
    ])
  })

  test.each<[ExportFormat, Format, string, string]>([
    ['coco', 'coco', 'annotations', 'images'],
    ['voc', 'voc', 'Annotations', 'JPEGImages'],
    ['yolo', 'yolo', 'data.yaml', 'images'],
    ['yolo-seg', 'yolo', 'data.yaml', 'images'],
  ])('a version exported as %s comes back with the same labels', async (to, format, labels, images) => {
    await writeCoco()
    await importCoco()
    const { lines } = await build()
    const out = join(folder, 'out', to)
    const { store, project } = bench
    const exported = await createDatasetExport({ store })({
      project,
      dataset: null,
      format: to,
      folder: out,
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    const isYolo = format === 'yolo'
    expect(exported).toMatchObject({ images: 20, boxes: 39, crowdsLeftOut: isYolo ? 10 : 0 })
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([to])

    const other = openDatasetBench()
    const result = await importFrom(join('out', to, labels), format, join('out', to, images), other)
    expect(result).toMatchObject({ images: 20, skipped: [], boxes: isYolo ? 29 : 39 })
    const wanted = lines.map(({ image, boxes }) => ({ image, boxes: expected(boxes) }))
    const back = await build(other)
    expect(back.lines.map(({ image, boxes }) => ({ image, boxes: expected(boxes) }))).toEqual(wanted)
    if (to === 'coco' || to === 'voc')
      expect(back.lines.map(({ boxes }) => boxes)).toEqual(lines.map(({ boxes }) => boxes))

    /** What the format can hold: corners and counts of outlines, crowds only where it has them. */
    function expected(boxes: (typeof lines)[number]['boxes']) {
      return boxes
        .filter(({ crowd }) => !isYolo || crowd !== true)
        .map(({ class: name, xyxy, polygons }) => ({
          name,
          xyxy: xyxy.map(Math.round),
          outlines:
            to === 'yolo'
              ? 0
              : to === 'yolo-seg'
                ? Math.max(1, polygons?.length ?? 0)
                : (polygons?.length ?? 0),
        }))
        .map((box) =>
          to === 'yolo-seg' ? { ...box, xyxy: box.xyxy.map((value) => Math.round(value / 2)) } : box,
        )
    }
  })

  test('never writes into a folder that holds something', async () => {
    await writeCoco()
    await importCoco()
    await build()
    const { store, project } = bench
    const request = { project, dataset: null, signal: new AbortController().signal, onProgress: () => {} }
    for (const format of exportFormats) {
      const run = createDatasetExport({ store })({ ...request, format, folder })
      await expect(run).rejects.toMatchObject({
        code: 'BadInput',
        message: expect.stringContaining('not empty'),
      })
    }
  })
})
