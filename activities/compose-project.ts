import type { DraftPick } from '../domain/contracts/activities.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import type { TeacherEndpoint } from '../domain/teacher-endpoints.ts'
import { createReviewBoard } from './adapters/label-studio/review-board.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { normaliseImage } from './adapters/sharp/normalise-image.ts'
import { sceneFrames, videoFrames } from './adapters/ffmpeg/video-frames.ts'
import { downloadPicture } from './adapters/web/download-picture.ts'
import { isVideoFile, stageSources, type Unstaged } from './staging-sources.ts'
import { summariseLedger, type LedgerSum, type LedgerSummary } from './cost.ts'
import { cycleNumbers } from './cycles.ts'
import { draftValue, type DraftValue, type UnitCost } from './draft-value.ts'
import { estimateDrafts, type DraftEstimate } from './estimate-drafts.ts'
import { createIngest, type IngestResult } from './ingesting.ts'
import { reviewOverview, type ReviewOverview } from './review-overview.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { saveConfig } from './store/load-config.ts'

export { isVideoFile }
export type {
  DraftEstimate,
  DraftValue,
  UnitCost,
  IngestResult,
  Unstaged,
  LedgerSum,
  LedgerSummary,
  ReviewOverview,
}

/** The project's bucket, for commands that only read and write records. */
export const composeStore = (settings: ConnectionSettings['store']): ObjectStore =>
  createObjectStore(settings)

/** Keeps a configuration where workflows find it by its hash. Safe to repeat. */
export const storeProjectConfig = (
  settings: ConnectionSettings['store'],
  config: ProjectConfig,
): Promise<string> => saveConfig(createObjectStore(settings), config)

/** What `ingest` runs. */
export const composeIngest = (settings: ConnectionSettings['store']): ReturnType<typeof createIngest> =>
  createIngest({ store: createObjectStore(settings), normalise: normaliseImage, now: () => new Date() })

/** What lays several sources out as one folder for `ingest`. `ffmpeg`: its path; null without videos. */
export const composeStaging =
  (settings: StagingSettings) =>
  (sources: readonly string[], folder: string): Promise<readonly Unstaged[]> => {
    const { ffmpeg, everySeconds, sceneChange, signal, allowPrivateHosts, onProgress } = settings
    const reading = { program: ffmpeg ?? 'ffmpeg', signal }
    async function* frames(path: string): AsyncGenerator<{ name: string; encoded: Uint8Array }> {
      if (sceneChange === null) {
        for await (const { seconds, encoded } of videoFrames(path, { ...reading, everySeconds })) {
          yield { name: `${seconds.toFixed(3).padStart(10, '0')}s`, encoded }
        }
        return
      }
      let scene = 0
      for await (const encoded of sceneFrames(path, { ...reading, change: sceneChange })) {
        yield { name: `scene-${String((scene += 1)).padStart(4, '0')}`, encoded }
      }
    }
    const download = (address: string) => downloadPicture(address, { allowPrivateHosts, signal })
    return stageSources(sources, folder, { frames, download, onProgress })
  }

export interface StagingSettings {
  readonly ffmpeg: string | null
  readonly everySeconds: number
  /** Take frames where a scene begins, by this much of a change (0 to 1), instead of by the clock. */
  readonly sceneChange: number | null
  readonly allowPrivateHosts: boolean
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
}

/** What `review` shows. */
export const readReviewOverview = (
  settings: ConnectionSettings,
  project: string,
): Promise<ReviewOverview> => {
  const board = createReviewBoard({ ...settings.board, store: settings.store })
  return reviewOverview(createObjectStore(settings.store), board, project)
}

/** Numbers of the cycles so far, ascending. */
export const readCycleNumbers = (settings: ConnectionSettings['store'], project: string): Promise<number[]> =>
  cycleNumbers(createObjectStore(settings), project)

/** What `cost` shows: the ledger, and what the money bought. */
export async function readCost(
  settings: ConnectionSettings['store'],
  project: string,
): Promise<LedgerSummary & { readonly value: DraftValue }> {
  const store = createObjectStore(settings)
  return { ...(await summariseLedger(store, project)), value: await draftValue(store, project) }
}

/** What `cycle start` says before it spends anything. */
export const estimateDraftCost = (
  settings: ConnectionSettings['store'],
  config: ProjectConfig,
  {
    endpoint,
    ...wishes
  }: { endpoint: TeacherEndpoint; limit: number | null; all?: boolean; pick?: DraftPick },
): Promise<DraftEstimate> => estimateDrafts(createObjectStore(settings), config, endpoint, wishes)
