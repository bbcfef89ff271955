import { resolve } from 'node:path'
import { detectionDefaults } from '../../domain/detection-defaults.ts'
import { joinByName } from '../../domain/join-by-name.ts'
import type { HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { resolveModel } from '../model-source.ts'
import { findPictures } from '../picture-files.ts'
import { openProject } from '../project.ts'
import type { AnsweredImage, BoxSet, KnownImage, Source } from './box-set.ts'
import { readCocoSource, readLinesSource } from './read-json-source.ts'
import { readYoloSource } from './read-yolo-source.ts'
import { inferenceOptions } from '../predict/inference-options.ts'

export interface ReadingOptions {
  /** Folder of the pictures, for sources that do not say where theirs lie. */
  readonly images: string | null
  /** Names of the classes of YOLO files. */
  readonly names: readonly string[] | null
  /** Scored boxes below are left out, 0 to 1. */
  readonly conf: number
}

/** Those that know their images come first: label files need their sizes, and models the pictures. */
const order: Readonly<Record<Source['kind'], number>> = {
  coco: 0,
  lines: 0,
  drafts: 0,
  reviews: 0,
  yolo: 1,
  model: 2,
}

/** Reads both sources, each with what the other and `--images` tell of the pictures. */
export async function readSources(
  sources: readonly [Source, Source],
  options: ReadingOptions,
  context: HandlerContext,
): Promise<[BoxSet, BoxSet]> {
  const given = options.images === null ? null : await picturesIn(options.images, context)
  const read = async (source: Source, other: BoxSet | null): Promise<BoxSet> => {
    const known = given ?? other?.images ?? (await storedPictures(source, context))
    const set = await readSource(source, known, given !== null, options, context)
    return given === null ? set : withPictures(set, given)
  }
  const [a, b] = sources
  if (order[a.kind] <= order[b.kind]) {
    const first = await read(a, null)
    return [first, await read(b, first)]
  }
  const second = await read(b, null)
  return [await read(a, second), second]
}

async function readSource(
  source: Source,
  known: readonly KnownImage[],
  complete: boolean,
  options: ReadingOptions,
  context: HandlerContext,
): Promise<BoxSet> {
  const warn = (text: string): void => context.output.warn(text)
  switch (source.kind) {
    case 'coco':
      return readCocoSource(source.name, source.text, warn)
    case 'lines':
      return readLinesSource(source.name, source.text)
    case 'yolo':
      return readYoloSource(source.name, known, { complete, names: options.names, warn })
    case 'model':
      return runModel(source.name, known, options, context)
    case 'drafts':
    case 'reviews':
      return readStored(source, context)
  }
}

/** The set with pictures from `given` where it has none of its own. */
function withPictures(set: BoxSet, given: readonly KnownImage[]): BoxSet {
  const { pairs } = joinByName(
    set.images.map(({ names }) => names),
    given.map(({ names }) => names),
  )
  const pictures = new Map(pairs.map(([image, of]) => [image, given[of]?.picture ?? null]))
  const images = set.images.map((image, index) => ({
    ...image,
    picture: image.picture ?? pictures.get(index) ?? null,
  }))
  return { ...set, images }
}

async function readStored(
  { kind, name }: Source & { kind: 'drafts' | 'reviews' },
  context: HandlerContext,
): Promise<BoxSet> {
  const answers = await storedAnswers(context)
  const images = await (kind === 'drafts' ? answers.drafts() : answers.reviews())
  if (images.some(({ simulated }) => simulated)) {
    const who = kind === 'drafts' ? 'the simulated teacher' : 'the stand-in reviewer of the demo'
    context.output.warn(`${name}: some of it was answered by ${who}.`)
  }
  return { name, images: images.map(({ load, ...rest }) => ({ ...rest, picture: load })) }
}

async function storedAnswers({ folder }: HandlerContext) {
  const { name, settings } = await openProject(folder)
  const { composeStoredAnswers } = await import('../../activities/compose-comparison.ts')
  return composeStoredAnswers(settings.store, name)
}

/** All of the project's pictures: what a model is run on when nothing else says on what. */
async function storedPictures({ kind, name }: Source, context: HandlerContext): Promise<KnownImage[]> {
  if (kind === 'yolo') {
    throw new UserError({
      code: 'BadInput',
      what: `The sizes of the pictures of ${name} are not known.`,
      why: 'YOLO files hold shares of images; the other source does not know them either.',
      fix: 'Give the folder of the pictures with --images.',
    })
  }
  if (kind !== 'model') return []
  const stored = await (await storedAnswers(context)).pictures()
  return stored.map(({ load, ...rest }) => ({ ...rest, picture: load }))
}

async function picturesIn(folder: string, { output }: HandlerContext): Promise<KnownImage[]> {
  const { pictureSize } = await import('../../activities/compose-comparison.ts')
  const images: KnownImage[] = []
  for (const { path, name } of await findPictures([folder])) {
    try {
      const size = await pictureSize(path)
      images.push({ names: [name], group: null, size, picture: resolve(path) })
    } catch (error) {
      output.warn(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return images
}

/** Boxes that a model finds now, on this machine. Pictures that cannot be read are warned of and left out. */
async function runModel(
  name: string,
  known: readonly KnownImage[],
  { conf }: ReadingOptions,
  { folder, output, signal }: HandlerContext,
): Promise<BoxSet> {
  const path = await resolveModel(name, folder)
  const { composeLocalStudent } = await import('../../activities/compose-local.ts')
  const { detector } = composeLocalStudent(inferenceOptions(output))
  const images: AnsweredImage[] = []
  try {
    const settings = { ...detectionDefaults, confidence: conf }
    for await (const result of detector.detect(path, asSources(known), settings)) {
      signal.throwIfAborted()
      output.progress(`${name}: ${images.length + 1} of ${known.length} images`)
      const image = known[Number(result.id)]
      if (image === undefined) continue
      if (result.ok) images.push({ ...image, size: result.size, boxes: result.boxes })
      else output.warn(`${image.names[0] ?? ''}: ${result.error.message}`)
    }
  } finally {
    output.progressEnd()
    await detector.close()
  }
  return { name, images }
}

async function* asSources(known: readonly KnownImage[]) {
  for (const [index, { picture }] of known.entries()) {
    if (picture === null) continue
    yield { id: String(index), source: typeof picture === 'string' ? picture : await picture() }
  }
}
