import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { downloadPicture } from '../../../../../activities/adapters/web/download-picture.ts'
import { isPublicAddress } from '../../../../../activities/adapters/web/public-address.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})

async function serve(listener: RequestListener): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    listener(request, response)
  })
  await new Promise<void>((resolve) => void server!.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, asked }
}
const signal = new AbortController().signal
const open = { allowPrivateHosts: true, signal }
const picture = Buffer.from('a picture')

describe('addresses of the public internet', () => {
  it.each(['8.8.8.8', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '2a00:1450::1'])(
    '%s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each([
    '127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254',
    '100.64.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1',
    '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'not an address',
  ])('are not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  }) // oxfmt-ignore
})

describe('fetching a picture', () => {
  it.each([
    'http://127.0.0.1/x.png',
    'http://localhost/x.png',
    'http://[::1]/x.png',
    'http://[::ffff:127.0.0.1]/x.png',
    'http://[::ffff:7f00:1]/x.png',
    'http://2130706433/x.png',
    'http://0x7f.1/x.png',
    'http://169.254.169.254/latest/meta-data',
  ])('asks nobody at %s', async (address) => {
    const { port, asked } = await serve((_, response) => response.end(picture))
    const url = new URL(address)
    url.port = String(port)
    await expect(downloadPicture(url.href, { allowPrivateHosts: false, signal })).rejects.toThrow(
      /not on the public internet/,
    )
    expect(asked).toEqual([])
  })

  it('brings the bytes when private hosts are allowed, through redirects', async () => {
    const { port, asked } = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end()
      else response.writeHead(200, { 'content-type': 'image/png' }).end(picture)
    })
    expect(Buffer.from(await downloadPicture(`http://127.0.0.1:${port}/a`, open)).toString()).toBe(
      'a picture',
    )
    expect(asked).toEqual(['/a', '/b'])
  })

  it.each<[string, RequestListener, RegExp]>([
    [
      'a redirect to another protocol',
      (_, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /neither http/,
    ],
    ['a redirect in a circle', (_, r) => r.writeHead(302, { location: '/' }).end(), /redirects/],
    [
      'a page',
      (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /text\/html, not a picture/,
    ],
    ['an error', (_, r) => r.writeHead(404).end(), /answered 404/],
    [
      'a length that is too large',
      (_, r) => r.writeHead(200, { 'content-length': '9999' }).end(),
      /larger than/,
    ],
    ['a body that is too large', (_, r) => void r.writeHead(200).write(Buffer.alloc(5000)), /larger than/],
    ['an answer that never ends', (_, r) => void r.writeHead(200).write('x'), /too long/],
  ])('gives up on %s', async (_, listener, words) => {
    const { port } = await serve(listener)
    const limits = { ...open, mostBytes: 1000, timeoutMs: 400 }
    await expect(downloadPicture(`http://127.0.0.1:${port}/`, limits)).rejects.toThrow(words)
  })

  it('takes no password in an address, and does not repeat it', async () => {
    const failure = downloadPicture('https://me:hunter2@example.org/x.png', open)
    await expect(failure).rejects.toThrow(/password/)
    await expect(failure).rejects.not.toThrow(/hunter2/)
  })
})
