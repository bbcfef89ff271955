import { goOfModules, oldestGo, oldestTemporal } from './tools.ts'

/** The first dotted number of two or more parts in a text, e.g. `go version go1.26.8 linux/amd64` gives [1, 26, 8]. */
export function parseVersion(text: string): readonly number[] | undefined {
  const match = /(\d+(?:\.\d+)+)/.exec(text)
  return match?.[1]?.split('.').map(Number)
}

/** True when `found` is the same as or newer than `oldest`; missing parts count as 0, so 1.21 is at least 1.21.0. */
export function isAtLeast(found: readonly number[], oldest: readonly number[]): boolean {
  for (let part = 0; part < Math.max(found.length, oldest.length); part += 1) {
    const difference = (found[part] ?? 0) - (oldest[part] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/**
 * Reads `temporal --version`. Answers the version when it is new enough, else undefined. A CLI built with `go install`
 * says `0.0.0-DEV (Server 1.29.1, UI 2.42.1)`; then the server inside decides.
 */
export function acceptedTemporal(output: string): string | undefined {
  const cli = parseVersion(/temporal version (\S+)/i.exec(output)?.[1] ?? '')
  const server = parseVersion(/server (\S+)/i.exec(output)?.[1] ?? '')
  if (cli === undefined) return undefined
  if (isAtLeast(cli, oldestTemporal.cli)) return cli.join('.')
  const unstamped = cli.every((part) => part === 0)
  if (!unstamped || server === undefined || !isAtLeast(server, oldestTemporal.server)) return undefined
  return `development build with server ${server.join('.')}`
}

/** Reads `minio --version`; builds from source and forks give no comparable number, so any MinIO counts. */
export function acceptedMinio(output: string): string | undefined {
  return /minio version (\S+)/i.exec(output)?.[1]
}

/** Reads `go version`. `fetchesNewer` is true when the pinned modules need a newer Go, which this one has to fetch. */
export function acceptedGo(output: string): { version: string; fetchesNewer: boolean } | undefined {
  const version = parseVersion(/go version go(\S+)/.exec(output)?.[1] ?? '')
  if (version === undefined || !isAtLeast(version, oldestGo)) return undefined
  return { version: version.join('.'), fetchesNewer: !isAtLeast(version, goOfModules) }
}
