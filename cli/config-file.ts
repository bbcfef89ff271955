import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import { canonicalJson } from '../domain/canonical-json.ts'
import { ProjectConfig } from '../domain/schemas/project-config.ts'
import { UserError } from './errors.ts'

export const configFileName = 'understudy.yaml'

export interface ConfigProblem {
  /** 1-based. */
  readonly line: number
  /** `student.epochs`, `classes[1].name`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
}

export type ConfigReading =
  | { readonly ok: true; readonly config: ProjectConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

export interface ProjectFile {
  readonly path: string
  readonly config: ProjectConfig
  /** SHA-256 of the canonical JSON, defaults filled in: comments and layout do not count. */
  readonly configHash: string
}

/**
 * Reads and checks the project's understudy.yaml.
 * @throws UserError BadConfig with every problem, each with its line
 */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  const path = join(folder, configFileName)
  const reading = parseConfig(await readText(path, folder))
  if (!reading.ok) {
    const { problems } = reading
    throw new UserError({
      code: 'BadConfig',
      what: `${configFileName} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`,
      why: problems.map(describeProblem).join('\n'),
      fix: `Mend ${path} and run the command again.`,
    })
  }
  return { path, config: reading.config, configHash: configHashOf(reading.config) }
}

export const configHashOf = (config: ProjectConfig): string =>
  createHash('sha256').update(canonicalJson(config)).digest('hex')

export const describeProblem = ({ line, path, message }: ConfigProblem): string =>
  `${configFileName}:${line}  ${path === '' ? '' : `${path}: `}${message}`

/** YAML text to a checked configuration, or all its problems in the order of their lines. */
export function parseConfig(text: string): ConfigReading {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number): number => lines.linePos(offset).line
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), path: '', message })),
    }
  }
  const parsed = ProjectConfig.safeParse(document.toJS() ?? {}, { reportInput: true })
  if (parsed.success) return { ok: true, config: parsed.data }
  const problems = parsed.error.issues.flatMap((issue): ConfigProblem[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
    if (issue.code !== 'unrecognized_keys') {
      return [{ line: lineAt(offsetOf(document, path)), path: pathText(path), message: messageOf(issue) }]
    }
    return issue.keys.map((key) => ({
      line: lineAt(keyOffset(document, path, key)),
      path: pathText([...path, key]),
      message: 'this key is not known',
    }))
  })
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line) }
}

type Path = readonly (string | number)[]

/** `classes[1].name` */
const pathText = (path: Path): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')

const messageOf = ({ message, input }: { message: string; input?: unknown }): string => {
  if (input === undefined) return 'missing'
  const given = typeof input === 'object' ? '' : ` (got ${JSON.stringify(input)})`
  return `${message.replace(/^Invalid input: /, '')}${given}`
}

/** Where the value stands; for a value that is missing, where its parent does. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    if (isMap(parent) && parent.has(key)) return keyOffset(document, path.slice(0, length - 1), key)
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function keyOffset(document: Document, path: Path, key: unknown): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(parent)) return 0
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key)
  return pair && isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0
}

async function readText(path: string, folder: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UserError({
      code: 'BadConfig',
      what: `${folder} holds no understudy project.`,
      why: `${path} cannot be read.`,
      fix: 'Write one with `understudy init`, or name the folder with --folder.',
      cause,
    })
  }
}
