import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { ProcessIdentity, identify, isRunning } from '../process/process-identity.ts'
import type { PortProbe } from './choose-ports.ts'

/** Claims hold only while the claiming process runs: until the services themselves listen. */
export interface PortClaims extends PortProbe, Disposable {}

/**
 * Keeps two stacks that start at the same moment from choosing the same port: between "it is free" and "my service
 * listens" lie seconds, so a claim is a file that the other start sees.
 */
export function openPortClaims(): PortClaims {
  const folder = join(tmpdir(), `understudy-ports-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const mine = new Set<number>()

  const claim = async (port: number): Promise<boolean> => {
    if (mine.has(port) || !takeFile(join(folder, String(port)))) return false
    mine.add(port)
    if (await isPortFree(port)) return true
    rmSync(join(folder, String(port)), { force: true })
    mine.delete(port)
    return false
  }

  return {
    claim,
    claimAny: async () => {
      for (;;) {
        const port = await anyFreePort()
        if (await claim(port)) return port
      }
    },
    [Symbol.dispose]: () => {
      for (const port of mine) rmSync(join(folder, String(port)), { force: true })
      mine.clear()
    },
  }
}

/** Nobody listens on the port of loopback, and one could. */
export async function isPortFree(port: number): Promise<boolean> {
  // Some systems let one bind beside a listener on all addresses, so both questions are asked.
  return !(await answers(port)) && (await canListen(port))
}

function takeFile(path: string): boolean {
  const own = JSON.stringify(identify(process.pid))
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, own, { flag: 'wx' })
      return true
    } catch {
      if (holderRuns(path)) return false
      rmSync(path, { force: true })
    }
  }
  return false
}

function holderRuns(path: string): boolean {
  try {
    const holder = ProcessIdentity.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return holder.success && isRunning(holder.data)
  } catch {
    return false
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
