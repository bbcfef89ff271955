import { explain } from '../errors.ts'

/** One line of `understudy doctor`. */
export interface Finding {
  readonly part: string
  readonly state: 'ok' | 'failed' | 'skipped'
  /** What answered, what failed and why, or why it was not asked. */
  readonly found: string
  /** What to do; null unless it failed. */
  readonly fix: string | null
}

/** Runs a check; a failure becomes a finding with its fix, so that the next part is looked at all the same. */
export async function check(part: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { part, state: 'ok', found: await look(), fix: null }
  } catch (error) {
    const { what, why, fix } = explain(error)
    return { part, state: 'failed', found: [what, why].filter((text) => text !== '').join(' '), fix }
  }
}

export const skipped = (part: string, found: string): Finding => ({
  part,
  state: 'skipped',
  found,
  fix: null,
})
