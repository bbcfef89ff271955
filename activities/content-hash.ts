import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.ts'

/** SHA-256 in lower-case hex. */
export const sha256Hex = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex')

/** SHA-256 of a value's canonical JSON: equal values have equal hashes, whatever the order of their keys. */
export const hashOf = (value: unknown): string => sha256Hex(canonicalJson(value))
