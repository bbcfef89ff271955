/**
 * What the Temporal server indexes for us. The value is the server's type name; the local stack registers them, an
 * operator of a cluster does it once (`temporal operator search-attribute create`).
 */
export const searchAttributes = {
  UnderstudyProject: 'Keyword',
  UnderstudyPhase: 'Keyword',
  UnderstudyCycle: 'Int',
  UnderstudyModel: 'Keyword',
  UnderstudyNeedsHuman: 'Bool',
  /** Share of the compared images on which teacher and student differ, 0 to 1. */
  UnderstudyDisagreement: 'Double',
} as const

export type SearchAttributeName = keyof typeof searchAttributes
