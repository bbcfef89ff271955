import { lookup } from 'node:dns'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export interface DownloadOptions {
  /** Also hosts of the own machine and network. */
  readonly allowPrivateHosts: boolean
  readonly signal: AbortSignal
  readonly mostBytes?: number
  readonly timeoutMs?: number
}

const mostRedirects = 5
const defaultMostBytes = 64 * 1024 * 1024
const defaultTimeoutMs = 60_000

/**
 * A picture from an http or https address. Every redirect is looked at as the address itself, and the host's name is looked
 * up once, by the connection that uses what was checked: a name that points elsewhere a moment later gains nothing. Limits:
 * size, time, redirects, and a type that says picture or nothing.
 * @throws Error that says in a few words what is wrong
 */
export async function downloadPicture(address: string, options: DownloadOptions): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs)
  const signal = AbortSignal.any([options.signal, timeout])
  try {
    let url = new URL(address)
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const response = await get(url, options.allowPrivateHosts, signal)
      const { statusCode = 0, headers } = response
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy()
        url = new URL(headers.location, url)
        continue
      }
      return await body(response, options.mostBytes ?? defaultMostBytes)
    }
    throw new Error(`more than ${mostRedirects} redirects`)
  } catch (error) {
    if (timeout.aborted && !options.signal.aborted) throw new Error('it takes too long', { cause: error })
    throw error
  }
}

/** @throws Error when nobody may ask there */
function checkUrl({ protocol, username, password, hostname }: URL, allowPrivate: boolean): void {
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${protocol} is neither http nor https`)
  if (username !== '' || password !== '') throw new Error('an address must not hold a password')
  const host = hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw notPublic(host)
}

const notPublic = (address: string): Error =>
  new Error(`${address} is not on the public internet (--allow-private-hosts takes it all the same)`)

/** Names are resolved here, where the answer can be refused, and the connection goes to what was checked. */
const publicOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '', 4)
    const bad = addresses.find(({ address }) => !isPublicAddress(address))
    if (bad !== undefined) return done(notPublic(bad.address), '', 4)
    const [first] = addresses
    if (first === undefined) return done(new Error(`${hostname} has no address`), '', 4)
    if (options.all === true) done(null, addresses)
    else done(null, first.address, first.family)
  })
}

function get(url: URL, allowPrivate: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  checkUrl(url, allowPrivate)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    request(url, {
      signal,
      // No connection is kept or shared: each one is checked.
      agent: false,
      headers: { accept: 'image/*', 'user-agent': 'understudy' },
      ...(allowPrivate ? {} : { lookup: publicOnly }),
    })
      .once('response', resolve)
      .once('error', reject)
      .end()
  })
}

async function body(response: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response
  try {
    if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`)
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    if (
      type !== '' &&
      type !== 'application/octet-stream' &&
      type !== 'binary/octet-stream' &&
      !type.startsWith('image/')
    ) {
      throw new Error(`it is ${type}, not a picture`)
    }
    const tooLarge = new Error(`it is larger than ${Math.floor(mostBytes / 1024 / 1024)} MiB`)
    if (Number(headers['content-length'] ?? 0) > mostBytes) throw tooLarge
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of response) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > mostBytes) throw tooLarge
      chunks.push(bytes)
    }
    return Buffer.concat(chunks)
  } finally {
    response.destroy()
  }
}
