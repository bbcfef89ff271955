import type { z } from 'zod'
import { AdapterError } from '../errors/adapter-error.ts'
import type { ObjectStore } from '../roles/object-store.ts'

/** Small objects read at the same time: enough to hide the store's latency, few enough to hold in memory. */
export const readsAtOnce = 16

const json = 'application/json'
const jsonLines = 'application/x-ndjson'

const decoder = new TextDecoder()
const decode = (body: Uint8Array): string => decoder.decode(body)

const newline = 0x0a

function parse<T>(schema: z.ZodType<T>, text: string, key: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(key, 'it is not JSON')
  }
  const result = schema.safeParse(value)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw damaged(key, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}`)
  }
  return result.data
}

const damaged = (key: string, why: string): AdapterError =>
  new AdapterError('BadInput', `The object ${key} does not hold what it should: ${why}.`, {
    retryable: false,
    hint: 'It was written by another version or changed by hand: restore it from a backup or delete it to have it made again.',
  })

/** The failure of a read that must find something. */
export const missingObject = (key: string, hint?: string): AdapterError =>
  new AdapterError('NotFound', `There is no object ${key} in the store.`, {
    retryable: false,
    ...(hint === undefined ? {} : { hint }),
  })

/** The record under `key`, or null when there is none. Fails with BadInput when it has another shape. */
export async function readRecord<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const object = await store.get(key)
  return object === null ? null : parse(schema, decode(object.body), key)
}

/** As {@link readRecord}, with the tag that {@link writeRecordIfUnchanged} wants. */
export async function readRecordWithTag<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<{ record: T; etag: string } | null> {
  const object = await store.get(key)
  return object === null ? null : { record: parse(schema, decode(object.body), key), etag: object.etag }
}

/** Compare-and-set: false when the object changed since its tag was read (null: since there was none). */
export async function writeRecordIfUnchanged<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  value: T,
  etag: string | null,
): Promise<boolean> {
  return store.putIfUnchanged(key, JSON.stringify(schema.parse(value)), json, etag)
}

/** As {@link readRecord}, and fails with NotFound when there is none. */
export async function requireRecord<T>(store: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T> {
  const record = await readRecord(store, key, schema)
  if (record === null) throw missingObject(key)
  return record
}

/** Writes a record, checked against its schema first. */
export async function writeRecord<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  value: T,
): Promise<void> {
  await store.put(key, JSON.stringify(schema.parse(value)), json)
}

/** Writes a record unless the key is taken; false when it was. */
export async function writeRecordOnce<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  value: T,
): Promise<boolean> {
  return store.putIfAbsent(key, JSON.stringify(schema.parse(value)), json)
}

/**
 * All lines of a JSON-lines object; fails with NotFound when there is none. Line by line: the differences of 100,000 images are
 * more than one string may hold.
 */
export async function readLines<T>(store: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T[]> {
  const object = await store.get(key)
  if (object === null) throw missingObject(key)
  const { body } = object
  const values: T[] = []
  for (let start = 0, number = 1; start < body.length; number += 1) {
    const found = body.indexOf(newline, start)
    const end = found === -1 ? body.length : found
    if (end > start) values.push(parse(schema, decode(body.subarray(start, end)), `${key} line ${number}`))
    start = end + 1
  }
  return values
}

/** Writes values as JSON lines, in the given order. */
export async function writeLines<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  values: readonly T[],
): Promise<void> {
  await store.put(key, toLines(schema, values), jsonLines)
}

/** Writes values as JSON lines unless the key is taken; false when it was. */
export async function writeLinesOnce<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  values: readonly T[],
): Promise<boolean> {
  return store.putIfAbsent(key, toLines(schema, values), jsonLines)
}

const toLines = <T>(schema: z.ZodType<T>, values: readonly T[]): Uint8Array =>
  Buffer.concat(values.map((value) => Buffer.from(`${JSON.stringify(schema.parse(value))}\n`)))
