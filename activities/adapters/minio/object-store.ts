import { Client } from 'minio'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import type { ObjectStore } from '../../roles/object-store.ts'
import { errorCode, toStoreError } from './store-error.ts'

type StoreSettings = ConnectionSettings['store']

function connect({ endpoint, region, accessKey, secretKey }: StoreSettings): Client {
  const url = new URL(endpoint)
  const useSSL = url.protocol === 'https:'
  const port = url.port === '' ? (useSSL ? 443 : 80) : Number(url.port)
  return new Client({ endPoint: url.hostname, port, useSSL, region, accessKey, secretKey })
}

/** Makes the bucket when it is not there yet. Safe to repeat and to race. */
export async function ensureBucket(settings: StoreSettings): Promise<void> {
  const client = connect(settings)
  try {
    if (!(await client.bucketExists(settings.bucket)))
      await client.makeBucket(settings.bucket, settings.region)
  } catch (error) {
    if (errorCode(error) !== 'BucketAlreadyOwnedByYou') throw toStoreError(error, settings)
  }
}

const etagOf = (stream: Readable): string => {
  const headers: unknown = 'headers' in stream ? stream.headers : null
  const etag: unknown =
    typeof headers === 'object' && headers !== null && 'etag' in headers ? headers.etag : null
  return typeof etag === 'string' ? etag : ''
}

/** The bucket as our store. Conditional puts go out as `If-None-Match: *` and `If-Match: <etag>`. */
export function createObjectStore(settings: StoreSettings): ObjectStore {
  const client = connect(settings)
  const { bucket } = settings
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw toStoreError(error, settings)
    }
  }
  const write = (
    key: string,
    body: Uint8Array | string,
    headers: Record<string, string>,
  ): Promise<unknown> => {
    const bytes = Buffer.from(body)
    return client.putObject(bucket, key, bytes, bytes.length, headers)
  }
  const writeIf = async (
    key: string,
    body: Uint8Array | string,
    contentType: string,
    condition: Record<string, string>,
  ): Promise<boolean> => {
    try {
      await write(key, body, { 'Content-Type': contentType, ...condition })
      return true
    } catch (error) {
      if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(errorCode(error))) return false
      throw toStoreError(error, settings)
    }
  }

  return {
    async get(key) {
      try {
        const stream = await client.getObject(bucket, key)
        return { body: await buffer(stream), etag: etagOf(stream) }
      } catch (error) {
        if (errorCode(error) === 'NoSuchKey') return null
        throw toStoreError(error, settings)
      }
    },
    async has(key) {
      try {
        await client.statObject(bucket, key)
        return true
      } catch (error) {
        if (['NotFound', 'NoSuchKey'].includes(errorCode(error))) return false
        throw toStoreError(error, settings)
      }
    },
    async put(key, body, contentType) {
      await guarded(write(key, body, { 'Content-Type': contentType }))
    },
    putIfAbsent: (key, body, contentType) => writeIf(key, body, contentType, { 'If-None-Match': '*' }),
    putIfUnchanged: (key, body, contentType, etag) =>
      writeIf(key, body, contentType, etag === null ? { 'If-None-Match': '*' } : { 'If-Match': etag }),
    async *list(prefix) {
      try {
        for await (const item of client.listObjectsV2(bucket, prefix, true)) {
          if (item.name !== undefined) yield item.name
        }
      } catch (error) {
        throw toStoreError(error, settings)
      }
    },
    async remove(keys) {
      await guarded(client.removeObjects(bucket, [...keys]))
    },
    uri: (key) => `s3://${bucket}/${key}`,
  }
}
