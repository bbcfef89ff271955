import { readFileSync } from 'node:fs'
import { homeOf } from '../infra/stack/home.ts'

const secretName = /(_KEY|_TOKEN|_SECRET|_PASSWORD)$/
/** Shorter values ("1", "true", "yes") would tear holes into harmless text. */
const shortestSecret = 6

/** Every secret this process could come across: by name in the environment, and all values the local stack generated. */
export function collectSecrets(environment: NodeJS.ProcessEnv, folder: string): string[] {
  const named = Object.entries(environment).flatMap(([name, value]) =>
    secretName.test(name) && value !== undefined ? [value] : [],
  )
  return [...named, ...textValues(readJson(homeOf(folder, environment).secretsFile))].filter(
    (value) => value.length >= shortestSecret,
  )
}

/** The text with every secret replaced, also where it stands URL-encoded or escaped in JSON. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ])
  return [...new Set(forms)]
    .sort((a, b) => b.length - a.length)
    .reduce((safe, form) => safe.replaceAll(form, '[redacted]'), text)
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function textValues(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textValues)
}
