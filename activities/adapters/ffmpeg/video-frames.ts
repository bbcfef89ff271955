import { resolve } from 'node:path'
import { execa } from 'execa'
import { AdapterError } from '../../errors/adapter-error.ts'
import { splitPngs } from './split-pngs.ts'

export interface VideoFrame {
  /** Time in the video, seconds from its beginning. */
  readonly seconds: number
  /** A PNG, upright. */
  readonly encoded: Uint8Array
}

/** The little that a foreign program needs of our environment; no key reaches it. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'LD_LIBRARY_PATH', 'SystemRoot'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

const options = { extendEnv: false, stdin: 'ignore', reject: false } as const

export interface VideoSettings {
  /** Absolute path of the ffmpeg to run. */
  readonly program: string
  readonly everySeconds: number
  readonly signal: AbortSignal
}

/**
 * One frame every so many seconds, from the first one on, as ffmpeg decodes them; at most one waits to be read.
 * @throws AdapterError ToolchainFailed when the program is gone, ImageUnreadable when it is no video that ffmpeg reads or one
 * that breaks off, Interrupted when the signal is aborted
 */
export async function* videoFrames(
  path: string,
  { program, everySeconds, signal }: VideoSettings,
): AsyncGenerator<VideoFrame> {
  const words = [
    ['-nostdin', '-v', 'error'],
    // A path is never an address or a filter of ffmpeg's.
    ['-protocol_whitelist', 'file', '-i', `file:${resolve(path)}`],
    // Rounded up: the frame of second n is the last one that is not later, and the first is the first.
    ['-map', '0:v:0', '-vf', `fps=fps=1/${everySeconds}:round=up`],
    ['-f', 'image2pipe', '-c:v', 'png', '-pred', 'none', 'pipe:1'],
  ].flat()
  const child = execa(program, words, {
    ...options,
    env: environment(),
    encoding: 'buffer',
    cancelSignal: signal,
    buffer: { stdout: false, stderr: true },
  })
  let count = 0
  try {
    for await (const encoded of splitPngs(child.stdout)) {
      yield { seconds: Number((count * everySeconds).toFixed(3)), encoded }
      count += 1
    }
    const { failed, code, stderr } = await child
    if (signal.aborted) throw interrupted(path)
    if (code === 'ENOENT') throw missing(program)
    const said = Buffer.from(stderr).toString('utf8').trim()
    // ffmpeg ends well when a file breaks off in the middle, and only says so.
    if (failed || count === 0 || said !== '') throw unreadable(path, count, said)
  } finally {
    child.kill()
  }
}

const missing = (program: string): AdapterError =>
  new AdapterError('ToolchainFailed', `There is no ffmpeg at ${program} any more.`, {
    retryable: false,
    hint: 'Repeat: it is looked for, and installed where there is none. Pictures need none.',
  })

const interrupted = (path: string): AdapterError =>
  new AdapterError('Interrupted', `Reading the video ${path} was interrupted.`, { retryable: true })

function unreadable(path: string, frames: number, said: string): AdapterError {
  const reason = said.split('\n').at(-1) ?? ''
  const what = frames === 0 ? 'cannot be read' : `is damaged; ${frames} frames of it were read`
  return new AdapterError(
    'ImageUnreadable',
    `The video ${path} ${what}: ${reason === '' ? 'it has no frames' : reason}`,
    { retryable: false, hint: 'Play it, save it again as MP4, and repeat.' },
  )
}
