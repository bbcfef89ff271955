import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { listFolder } from './folder-files.ts'

export interface StagingTools {
  readonly download: (address: string) => Promise<Uint8Array>
  /** PNGs, in order; `name` tells when in the video. */
  readonly frames: (path: string) => AsyncIterable<{ readonly name: string; readonly encoded: Uint8Array }>
  readonly onProgress: (text: string) => void
}

export interface Unstaged {
  readonly path: string
  readonly reason: 'not-downloaded' | 'unreadable-file' | 'unreadable-video'
  readonly detail: string
}

export const isAddress = (source: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(source)

const videoExtensions = new Set(
  'mp4 m4v mov mkv webm avi mpg mpeg'.split(' ').map((extension) => `.${extension}`),
)
export const isVideoFile = (source: string): boolean =>
  !isAddress(source) && videoExtensions.has(extname(source).toLowerCase())

/**
 * Lays files, folders, addresses and videos out as one folder for ingest: links to what is on this machine, downloads under
 * `web/`, and the frames of a video in a folder of its own under `videos/`, so that they stay in one split. Names are the
 * same every time. What cannot be had is listed; the rest goes on.
 */
export async function stageSources(
  sources: readonly string[],
  folder: string,
  tools: StagingTools,
): Promise<readonly Unstaged[]> {
  const unstaged: Unstaged[] = []
  const place = placesIn(folder)
  for (const source of sources) {
    try {
      if (isAddress(source)) await stageDownload(source, place, tools)
      else if ((await stat(source)).isDirectory()) await stageFolder(source, place)
      else if (isVideoFile(source)) await stageVideo(source, place, tools)
      else await symlink(resolve(source), await place(basename(source)))
    } catch (error) {
      unstaged.push({ path: withoutQuery(source), reason: reasonFor(source), detail: messageOf(error) })
    }
  }
  return unstaged
}

type Place = (name: string) => Promise<string>

/** A path of this name in the folder, its parents made; a name that is taken gets a number. */
function placesIn(folder: string): Place {
  const taken = new Set<string>()
  return async (name) => {
    const extension = extname(name)
    let free = name
    for (let count = 2; taken.has(free); count += 1) {
      free = `${name.slice(0, name.length - extension.length)}-${count}${extension}`
    }
    taken.add(free)
    const path = join(folder, free)
    await mkdir(dirname(path), { recursive: true })
    return path
  }
}

async function stageFolder(source: string, place: Place): Promise<void> {
  const { images, others } = await listFolder(source)
  for (const name of [...images, ...others]) await symlink(resolve(source, name), await place(name))
}

async function stageDownload(
  source: string,
  place: Place,
  { download, onProgress }: StagingTools,
): Promise<void> {
  onProgress(`Fetching ${withoutQuery(source)}`)
  const bytes = await download(source)
  const { host, pathname } = new URL(source)
  const parts = pathname.split('/').map((part) => part.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_'))
  const name = ['web', host.replaceAll(':', '_'), ...parts.filter((part) => part !== '')].join('/')
  // What it is shows in its bytes; without an extension it would not be looked at.
  await writeFile(await place(extname(name) === '' ? `${name}.jpg` : name), bytes)
}

async function stageVideo(source: string, place: Place, { frames, onProgress }: StagingTools): Promise<void> {
  const name = basename(source)
  let count = 0
  for await (const frame of frames(source)) {
    await writeFile(await place(`videos/${name}/${frame.name}.png`), frame.encoded)
    count += 1
    onProgress(`${name}: ${count} frames`)
  }
}

/** A query may hold a signature, which has no business in a record or on a screen. */
const withoutQuery = (source: string): string =>
  isAddress(source) ? (source.split(/[?#]/)[0] ?? '') : source

function reasonFor(source: string): Unstaged['reason'] {
  if (isAddress(source)) return 'not-downloaded'
  return isVideoFile(source) ? 'unreadable-video' : 'unreadable-file'
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
