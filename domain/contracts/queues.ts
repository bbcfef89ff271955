/** Task queues by what limits them (docs/adr and ARCHITECTURE.md): light work, a paid allowance, people's server, a GPU, a CPU. */
export const queueNames = ['core', 'gemini', 'review', 'train', 'infer'] as const
export type QueueName = (typeof queueNames)[number]

/** Name on the Temporal server. The prefix keeps parallel tests apart; empty in production. */
export const taskQueue = (queue: QueueName, prefix = ''): string => `${prefix}${queue}`
