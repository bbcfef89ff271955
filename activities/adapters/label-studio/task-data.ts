/** Every note of a refused answer holds these words: the review tab filters by them. */
export const refusalMark = 'look again'

/** What the stand-in reviewer writes into a task's data: shown as a column, and read back with the answer. */
export const standInName = 'stand-in reviewer'
