import { createHash, randomBytes } from 'node:crypto'
import type { FaultPlayer } from './fault-player.ts'
import { isFileFault, type FileFault } from './fault-script.ts'
import { failedPrecondition, fileNotThere, invalidArgument, VendorRefusal } from './vendor-error.ts'

/** As the start of an upload describes the file. */
export interface FileStart {
  readonly mimeType: string
  readonly sizeBytes: number
  /** `files/…`; null: the server chooses. */
  readonly name: string | null
  readonly displayName: string | undefined
}

interface Upload extends FileStart {
  readonly name: string
  readonly chunks: Buffer[]
  received: number
}

interface StoredFile extends Omit<FileStart, 'name'> {
  readonly name: string
  readonly bytes: Buffer
  readonly createdAt: number
  readonly processedAt: number
  readonly expiresAt: number
  readonly failed: boolean
}

/** How long the real server keeps a file. */
const lifetimeMs = 48 * 3_600_000

/** Files of the Files API, in memory. */
export interface FileShelf {
  /** Begins an upload; resolves to its id. */
  start(file: FileStart): string
  /** Takes a part; the described file when it was the last. `lost`: the answer is never heard. */
  receive(
    id: string,
    part: { readonly bytes: Buffer; readonly offset: number; readonly isLast: boolean },
  ): { readonly file: unknown; readonly lost: boolean } | null
  get(name: string): unknown
  list(pageSize: number, pageToken: string | null): unknown
  remove(name: string): void
  /** The bytes that a request refers to; refused like the real thing unless it is ACTIVE. */
  read(uri: string): Buffer
  /** For `/_control/files`. */
  counts(): { readonly uploaded: number; readonly deleted: number; readonly files: readonly unknown[] }
  reset(): void
}

export function createFileShelf(faults: FaultPlayer, origin: () => string): FileShelf {
  const uploads = new Map<string, Upload>()
  const files = new Map<string, StoredFile>()
  let uploaded = 0
  let deleted = 0
  const alive = (): StoredFile[] => [...files.values()].filter(({ expiresAt }) => Date.now() < expiresAt)
  const find = (name: string): StoredFile => {
    const file = alive().find((each) => each.name === name)
    if (file === undefined) throw new VendorRefusal(fileNotThere(name))
    return file
  }
  const describe = (file: StoredFile) => describeFile(file, origin())
  const play = (kinds: readonly FileFault['kind'][]): FileFault | null => {
    const fault = faults.next(
      { number: uploaded, image: null },
      (each) => isFileFault(each) && kinds.includes(each.kind),
    )
    return fault !== null && isFileFault(fault) ? fault : null
  }

  return {
    start(file) {
      const name = file.name ?? `files/${randomBytes(6).toString('hex')}`
      if (!/^files\/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
        throw new VendorRefusal(invalidArgument(`Invalid file name: ${name}.`))
      }
      if (files.has(name)) {
        const message = `File ${name} already exists.`
        throw new VendorRefusal({ code: 409, status: 'ALREADY_EXISTS', message })
      }
      const id = randomBytes(8).toString('hex')
      uploads.set(id, { ...file, name, chunks: [], received: 0 })
      return id
    },

    receive(id, { bytes, offset, isLast }) {
      const upload = uploads.get(id)
      if (upload === undefined || offset !== upload.received) {
        throw new VendorRefusal(invalidArgument('No such upload, or not its next byte.'))
      }
      upload.chunks.push(bytes)
      upload.received += bytes.length
      if (!isLast) return null
      if (upload.received !== upload.sizeBytes) {
        throw new VendorRefusal(
          invalidArgument(`Expected ${upload.sizeBytes} bytes, got ${upload.received}.`),
        )
      }
      uploads.delete(id)
      uploaded += 1
      const fault = play(['file-processing', 'file-failed', 'file-expired', 'file-answer-lost'])
      const now = Date.now()
      const file: StoredFile = {
        ...upload,
        bytes: Buffer.concat(upload.chunks),
        createdAt: now,
        processedAt: now + (fault?.kind === 'file-processing' ? fault.ms : 0),
        expiresAt: now + (fault?.kind === 'file-expired' ? 0 : lifetimeMs),
        failed: fault?.kind === 'file-failed',
      }
      files.set(file.name, file)
      return { file: describe(file), lost: fault?.kind === 'file-answer-lost' }
    },

    get: (name) => describe(find(name)),

    list(pageSize, pageToken) {
      const first = Number(pageToken ?? 0)
      const all = alive()
      const next = first + pageSize
      return {
        files: all.slice(first, next).map(describe),
        ...(next < all.length ? { nextPageToken: String(next) } : {}),
      }
    },

    remove(name) {
      const fault = play(['file-delete-refused'])
      if (fault !== null) throw new VendorRefusal({ code: 503, status: 'UNAVAILABLE', message: 'Try again.' })
      find(name)
      files.delete(name)
      deleted += 1
    },

    read(uri) {
      const name = /(files\/[a-z0-9-]+)$/.exec(uri)?.[1]
      const file = find(name ?? uri)
      if (stateOf(file) !== 'ACTIVE') {
        throw new VendorRefusal(
          failedPrecondition(`The File ${file.name} is not in an ACTIVE state and usage is not allowed.`),
        )
      }
      return file.bytes
    },

    counts: () => ({ uploaded, deleted, files: alive().map(describe) }),

    reset() {
      uploads.clear()
      files.clear()
      uploaded = 0
      deleted = 0
    },
  }
}

function stateOf({ failed, processedAt }: StoredFile): 'PROCESSING' | 'ACTIVE' | 'FAILED' {
  if (Date.now() < processedAt) return 'PROCESSING'
  return failed ? 'FAILED' : 'ACTIVE'
}

/** A File as Google describes it; sizes are texts there. */
function describeFile(file: StoredFile, origin: string) {
  const { name, displayName, mimeType, sizeBytes, createdAt, processedAt, expiresAt, bytes } = file
  const state = stateOf(file)
  const time = (at: number): string => new Date(at).toISOString()
  return {
    name,
    ...(displayName === undefined ? {} : { displayName }),
    mimeType,
    sizeBytes: String(sizeBytes),
    createTime: time(createdAt),
    updateTime: time(processedAt),
    expirationTime: time(expiresAt),
    sha256Hash: createHash('sha256').update(bytes).digest('base64'),
    uri: `${origin}/v1/${name}`,
    state,
    source: 'UPLOADED',
    ...(state === 'FAILED' ? { error: { code: 3, message: 'The file could not be processed.' } } : {}),
  }
}
