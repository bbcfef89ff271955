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

/**
 * Runs ffmpeg once: it is there and works.
 * @throws AdapterError ToolchainFailed, with how to get it
 */
export async function checkVideoReader(): Promise<void> {
  const { failed, shortMessage } = await execa('ffmpeg', ['-version'], { ...options, env: environment() })
  if (failed) throw missing(shortMessage ?? 'no reason given')
}

/**
 * One frame every so many seconds, from the first one on, as ffmpeg decodes them; at most one waits to be read.
 * @throws AdapterError ToolchainFailed without ffmpeg, ImageUnreadable when it is no video that ffmpeg reads
 */
export async function* videoFrames(path: string, everySeconds: number): AsyncGenerator<VideoFrame> {
  const words = [
    ['-nostdin', '-v', 'error'],
    // A path is never an address or a filter of ffmpeg's.
    ['-protocol_whitelist', 'file', '-i', `file:${resolve(path)}`],
    // Rounded up: the frame of second n is the last one that is not later, and the first is the first.
    ['-map', '0:v:0', '-vf', `fps=fps=1/${everySeconds}:round=up`],
    ['-f', 'image2pipe', '-c:v', 'png', '-pred', 'none', 'pipe:1'],
  ].flat()
  const child = execa('ffmpeg', words, {
    ...options,
    env: environment(),
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
  })
  let count = 0
  try {
    for await (const encoded of splitPngs(child.stdout)) {
      yield { seconds: Number((count * everySeconds).toFixed(3)), encoded }
      count += 1
    }
    const { failed, code, stderr, shortMessage } = await child
    if (code === 'ENOENT') throw missing(shortMessage ?? 'not found')
    if (failed || count === 0) throw unreadable(path, Buffer.from(stderr).toString('utf8'))
  } finally {
    child.kill()
  }
}

const missing = (why: string): AdapterError =>
  new AdapterError('ToolchainFailed', `Videos need ffmpeg, and none on PATH works: ${why}`, {
    retryable: false,
    hint: 'Install it (`apt install ffmpeg`, `brew install ffmpeg`, `winget install ffmpeg`) and repeat; pictures need none.',
  })

function unreadable(path: string, said: string): AdapterError {
  const reason = said.trim().split('\n').at(-1) ?? ''
  return new AdapterError(
    'ImageUnreadable',
    `The video ${path} cannot be read: ${reason === '' ? 'it has no frames' : reason}`,
    { retryable: false, hint: 'Play it, save it again as MP4, and repeat.' },
  )
}
