/** How ingest decides which files belong together besides near-duplicates. */
export const groupingModes = ['near-duplicates', 'folder'] as const
export type GroupingMode = (typeof groupingModes)[number]

const oneRecording = /^(video|clip|sequence|recording|footage)([-_. ]?\d.*|[-_. ].+)?$/i
const manyRecordings = /^(videos|clips|sequences|recordings)$/i

/**
 * The source group of a file by its path relative to the ingested folder (`/` between parts), or null for none.
 *
 * `folder`: every folder is a group, the ingested folder itself included. `near-duplicates` (default): one flat folder
 * of unrelated photos must not become one group, so only folders that say they hold the frames of one recording count:
 * `video`, `video_03`, `clip-park`, `sequence 2`… and every folder directly inside `videos`, `clips`, `sequences` or
 * `recordings`. The same relative folder in two ingests is one group: too much together never leaks, too little does.
 */
export function sourceGroupOf(path: string, mode: GroupingMode): string | null {
  const folders = path.split('/').slice(0, -1)
  if (mode === 'folder') return folders.length === 0 ? '.' : folders.join('/')
  const index = folders.findIndex(
    (name, i) => oneRecording.test(name) || manyRecordings.test(folders[i - 1] ?? ''),
  )
  return index === -1 ? null : folders.slice(0, index + 1).join('/')
}
