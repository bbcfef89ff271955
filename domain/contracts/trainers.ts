/** `ultralytics`: the one that comes along. `command`: a program of the training host's that keeps docs/trainers.md. */
export const trainers = ['ultralytics', 'command'] as const
export type TrainerName = (typeof trainers)[number]
