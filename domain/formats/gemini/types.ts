import type { LabelledBox } from '../../box.ts'

/** What the teacher is told about a class. */
export interface ClassDescription {
  readonly name: string
  readonly description: string
}

/** What can be wrong with a reply whose objects could still be read, all or in part. */
export type GeminiFaultKind =
  /** Mended, nothing lost. */
  | 'fenced'
  | 'prose'
  | 'wrapped'
  | 'inverted-box'
  | 'clamped-box'
  | 'repeated-box'
  | 'swapped-outline'
  /** Something that the teacher reported could not be taken over. */
  | 'cut'
  | 'malformed'
  | 'not-a-box'
  | 'out-of-range'
  | 'unknown-label'
  | 'degenerate-box'
  | 'bad-outline'

export interface GeminiFault {
  readonly kind: GeminiFaultKind
  /** For people: what came. Short. */
  readonly detail: string
}

/** A box as read; `maskPng` is what its mask looks like until somebody who can decode pictures makes outlines of it. */
export interface GeminiBox extends LabelledBox {
  /** A PNG in base64: grey, the probability of the object for each pixel of the box, of any size. */
  readonly maskPng?: string
}

/**
 * `ok`: everything the teacher reported was taken over, perhaps mended. `partial`: some of it was not, and `faults` says
 * what. `unreadable`: there is nothing to stand on, and that is a failed call, never an empty draft.
 */
export type GeminiReading =
  | {
      readonly status: 'ok' | 'partial'
      readonly boxes: readonly GeminiBox[]
      readonly faults: readonly GeminiFault[]
    }
  | { readonly status: 'unreadable'; readonly reason: string; readonly faults: readonly GeminiFault[] }

const losses: ReadonlySet<GeminiFaultKind> = new Set<GeminiFaultKind>([
  'cut',
  'malformed',
  'not-a-box',
  'out-of-range',
  'unknown-label',
  'degenerate-box',
  'bad-outline',
])

/** True when something that the teacher reported is missing because of this fault. */
export const isLoss = ({ kind }: GeminiFault): boolean => losses.has(kind)

/** Beginning of a text in one line, for a fault's detail. */
export const excerpt = (text: string, length = 80): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${line.slice(0, length)}…`
}
