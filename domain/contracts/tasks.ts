/** What a student tells of each object: a box, or a box with its outline. */
export const tasks = ['detect', 'segment'] as const
export type Task = (typeof tasks)[number]
