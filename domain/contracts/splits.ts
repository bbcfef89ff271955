/** Written once at ingest, never changed. A quarantined image bridges groups of different splits: it is never used. */
export const splits = ['train', 'val', 'test', 'quarantined'] as const
export type Split = (typeof splits)[number]
