/** Workflow ids are business keys: the id is the lock, one cycle a project at a time. */
export const cycleId = (project: string): string => `${project}:cycle`
export const draftChunkId = (project: string, cycle: number, chunk: number): string =>
  `${project}:draft:${cycle}:${chunk}`
export const trainId = (project: string, trainKey: string): string => `${project}:train:${short(trainKey)}`
export const compareId = (project: string, model: string, manifest: string): string =>
  `${project}:compare:${short(model)}:${short(manifest)}`
export const nightlyId = (project: string): string => `${project}:nightly`

/** First 12 hex digits: enough to tell two apart, short enough to read in the web UI. */
export const short = (hash: string): string => hash.slice(0, 12)
