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

interface Reading {
  /** Absolute path of the ffmpeg to run. */
  readonly program: string
  readonly signal: AbortSignal
}

export interface VideoSettings extends Reading {
  readonly everySeconds: number
}

/**
 * One frame every so many seconds, from the first one on, as ffmpeg decodes them; at most one waits to be read.
 * @throws AdapterError ToolchainFailed when the program is gone, ImageUnreadable when it is no video that ffmpeg reads or one
 * that breaks off, Interrupted when the signal is aborted
 */
export async function* videoFrames(
  path: string,
  { everySeconds, ...reading }: VideoSettings,
): AsyncGenerator<VideoFrame> {
  let count = 0
  // Rounded up: the frame of second n is the last one that is not later, and the first is the first.
  for await (const encoded of frames(path, ['-vf', `fps=fps=1/${everySeconds}:round=up`], reading)) {
    yield { seconds: Number((count * everySeconds).toFixed(3)), encoded }
    count += 1
  }
}

/**
 * The first frame, and every frame that differs from the one before by more than `change`, 0 to 1: where a scene begins.
 * Upright PNGs. Fails as {@link videoFrames} does.
 */
export async function* sceneFrames(
  path: string,
  { change, ...reading }: Reading & { readonly change: number },
): AsyncGenerator<Uint8Array> {
  const filter = `select='eq(n,0)+gt(scene,${change})'`
  // As they come (ffmpeg 5.1 and later know this word): else ffmpeg fills the time between two scenes with copies.
  yield* frames(path, ['-vf', filter, '-fps_mode', 'passthrough'], reading)
}

async function* frames(
  path: string,
  picked: readonly string[],
  { program, signal }: Reading,
): AsyncGenerator<Uint8Array> {
  const words = [
    ['-nostdin', '-v', 'error'],
    // A path is never an address or a filter of ffmpeg's.
    ['-protocol_whitelist', 'file', '-i', `file:${resolve(path)}`],
    ['-map', '0:v:0', ...picked],
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
      if (signal.aborted) break
      yield encoded
      count += 1
    }
    const { failed, code, stderr } = await child
    if (signal.aborted) throw interrupted(path)
    if (code === 'ENOENT') throw missing(program)
    const said = Buffer.from(stderr).toString('utf8').trim()
    // ffmpeg ends well when a file breaks off in the middle, and only says so.
    if (failed || count === 0 || said !== '') throw unreadable(path, count, said)
  } catch (error) {
    // The pipe of a program that is ended may break before the program's end is known.
    throw signal.aborted ? interrupted(path) : error
  } finally {
    child.kill()
    await child
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
