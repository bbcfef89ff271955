import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { StackError } from '../stack-error.ts'
import type { StackHome } from './home.ts'

export const StackSecrets = z.object({
  store: z.object({ accessKey: z.string(), secretKey: z.string() }),
  board: z.object({ email: z.string(), password: z.string(), token: z.string(), secretKey: z.string() }),
  /** Proves to the supervisor that a request comes from this home's owner. */
  control: z.string(),
})
export type StackSecrets = z.infer<typeof StackSecrets>

/** Secrets of this home, made on first use (file mode 0600) and never changed: the services keep them in their data. */
export function ensureSecrets(home: StackHome): StackSecrets {
  const existing = readSecrets(home)
  if (existing !== null) return existing
  mkdirSync(home.folder, { recursive: true, mode: 0o700 })
  const draft = `${home.secretsFile}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(generate(), null, 2)}\n`, { mode: 0o600 })
  try {
    // A link fails when the file is there: of two first starts at once, one wins and both read the winner's.
    linkSync(draft, home.secretsFile)
  } catch (error) {
    if (readSecrets(home) === null) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return ensureSecrets(home)
}

/** Null when this home has none yet. */
export function readSecrets(home: StackHome): StackSecrets | null {
  let text: string
  try {
    text = readFileSync(home.secretsFile, 'utf8')
  } catch {
    return null
  }
  try {
    return StackSecrets.parse(JSON.parse(text))
  } catch {
    // The cause is left out: a parser's message may quote the text.
    throw new StackError({
      code: 'BadConfig',
      what: `${home.secretsFile} cannot be used.`,
      why: 'It should hold the generated passwords of the local services and does not parse.',
      fix: `Restore it from a backup, or move ${home.folder} away to start a new, empty stack.`,
    })
  }
}

function generate(): StackSecrets {
  const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
  return {
    store: { accessKey: `understudy${hex(5)}`, secretKey: hex(20) },
    // Label Studio wants an address for a name, and a legacy token of at most 40 characters.
    board: { email: 'reviewer@understudy.localhost', password: hex(12), token: hex(20), secretKey: hex(32) },
    control: hex(24),
  }
}
