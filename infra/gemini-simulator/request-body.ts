import { z } from 'zod'
import { foldWord } from '../../domain/ontology.ts'
import type { FileShelf } from './file-shelf.ts'
import { invalidArgument, VendorRefusal } from './vendor-error.ts'

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const camel = (key: string): string =>
  key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The API takes field names in camelCase and snake_case alike; schemas hold names of the caller's own and stay as they are. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      const name = camel(key)
      return [name, /^response(Json)?Schema$/.test(name) ? entry : camelKeys(entry)]
    }),
  )
}

const GenerateContentBody = z.looseObject({
  contents: z
    .array(
      z.looseObject({
        role: z.string().optional(),
        parts: z
          .array(
            z.looseObject({
              text: z.string().optional(),
              inlineData: z.looseObject({ mimeType: z.string(), data: z.base64() }).optional(),
              fileData: z.looseObject({ fileUri: z.string() }).optional(),
              mediaResolution: z.looseObject({ level: z.string() }).optional(),
            }),
          )
          .min(1, 'must include at least one parts field'),
      }),
    )
    .min(1, 'contents is not specified'),
  generationConfig: z
    .looseObject({
      maxOutputTokens: z.int().positive().optional(),
      seed: z.int().optional(),
      mediaResolution: z.string().optional(),
      responseMimeType: z.string().optional(),
      responseSchema: z.unknown().optional(),
      responseJsonSchema: z.unknown().optional(),
      responseLogprobs: z.boolean().optional(),
      thinkingConfig: z
        .looseObject({ thinkingLevel: z.string().optional(), thinkingBudget: z.int().optional() })
        .optional(),
    })
    .optional(),
})

/** What the simulator needs of a request. */
export interface AskedFor {
  readonly image: Uint8Array | null
  /** All pictures, `image` being the first of them. */
  readonly images: readonly Uint8Array[]
  /** What the answer is to be made of. */
  readonly form: 'boxes' | 'points' | 'boxes3d' | 'text'
  readonly text: string
  /** Labels of the enforced schema; null where any word will do. */
  readonly labels: readonly string[] | null
  readonly isSchemaEnforced: boolean
  /** What is asked for besides boxes. */
  readonly outlines: 'masks' | 'polygons' | null
  readonly mediaResolution: string | undefined
  readonly maxOutputTokens: number
  readonly seed: number | null
  readonly thinkingLevel: string | undefined
  readonly thinkingBudget: number | undefined
}

const field = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined)

/** `items.properties.label.enum` of a detection schema. */
function labelsOf(schema: unknown): readonly string[] | null {
  const label = field(field(field(schema, 'items'), 'properties'), 'label')
  const values = field(label, 'enum')
  return Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : null
}

/** Free text is what no JSON was asked for; the rest is told by what the schema's entries hold. */
function formOf(schema: unknown, isJson: boolean): AskedFor['form'] {
  if (!isJson && schema === undefined) return 'text'
  const properties = field(field(schema, 'items'), 'properties')
  if (field(properties, 'point') !== undefined) return 'points'
  return field(properties, 'box_3d') === undefined ? 'boxes' : 'boxes3d'
}

/** Polygons are asked for by the schema; masks by the text: Google documents them without one. */
function outlinesOf(schema: unknown, text: string): AskedFor['outlines'] {
  if (field(field(field(schema, 'items'), 'properties'), 'polygon') !== undefined) return 'polygons'
  return schema === undefined && text.includes('"mask"') ? 'masks' : null
}

/** What a request is read with. */
export interface RequestContext {
  /** Where a `fileUri` leads to. */
  readonly files: Pick<FileShelf, 'read'>
  /** Of the API: a resolution for a single picture exists on the beta versions only. */
  readonly version: string
}

/** Reads a request body of `generateContent`; refuses what the real server refuses. */
export function readRequestBody(body: unknown, { files, version }: RequestContext): AskedFor {
  const parsed = GenerateContentBody.safeParse(camelKeys(body))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new VendorRefusal(
      invalidArgument(
        `* GenerateContentRequest.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
      ),
    )
  }
  const { contents, generationConfig: config } = parsed.data
  if (contents.at(-1)?.role === 'model') {
    throw new VendorRefusal(invalidArgument('Please ensure that the last turn is a user turn.'))
  }
  if (config?.responseLogprobs === true) {
    throw new VendorRefusal(invalidArgument('Logprobs is not enabled for this model.'))
  }
  const parts = contents.flatMap((content) => content.parts)
  const pictures = parts.filter(({ inlineData, fileData }) => (inlineData ?? fileData) !== undefined)
  const [picture] = pictures
  if (version === 'v1' && parts.some(({ mediaResolution }) => mediaResolution !== undefined)) {
    const where = 'Unknown name "mediaResolution" at \'contents[0].parts[0]\': Cannot find field.'
    throw new VendorRefusal(invalidArgument(`Invalid JSON payload received. ${where}`))
  }
  const images = pictures.map(({ inlineData, fileData }) =>
    inlineData === undefined ? files.read(fileData?.fileUri ?? '') : Buffer.from(inlineData.data, 'base64'),
  )
  const text = parts.map((part) => part.text ?? '').join('\n')
  const schema = config?.responseSchema ?? config?.responseJsonSchema
  return {
    image: images[0] ?? null,
    images,
    form: text.includes('box_2d') ? 'boxes' : formOf(schema, config?.responseMimeType === 'application/json'),
    text,
    labels: labelsOf(schema),
    isSchemaEnforced: schema !== undefined,
    outlines: outlinesOf(schema, text),
    mediaResolution: picture?.mediaResolution?.level ?? config?.mediaResolution,
    maxOutputTokens: config?.maxOutputTokens ?? 65_536,
    seed: config?.seed ?? null,
    thinkingLevel: config?.thinkingConfig?.thinkingLevel,
    thinkingBudget: config?.thinkingConfig?.thinkingBudget,
  }
}

/**
 * The caller's word for each class of the truth; classes that were not asked for are missing. Without labels those that the
 * text names are meant, or all where it names none.
 */
export function wordsFor(
  classes: readonly string[],
  { labels, text }: Pick<AskedFor, 'labels' | 'text'>,
): ReadonlyMap<string, string> {
  if (labels === null) {
    const folded = foldWord(text)
    const named = classes.filter((name) => folded.includes(foldWord(name)))
    return new Map((named.length === 0 ? classes : named).map((name) => [name, name]))
  }
  const byWord = new Map(labels.map((label) => [foldWord(label), label]))
  const words = new Map<string, string>()
  for (const name of classes) {
    const word = byWord.get(foldWord(name))
    if (word !== undefined) words.set(name, word)
  }
  if (words.size > 0) return words
  throw new VendorRefusal(
    invalidArgument(
      `The simulated teacher has labels for ${classes.join(', ')} and was asked for ${labels.join(', ')}.`,
    ),
  )
}
