export interface StoredObject {
  readonly body: Uint8Array
  /** Version tag for {@link ObjectStore.putIfUnchanged}. */
  readonly etag: string
}

/** Where everything is kept: one S3 bucket. Failures are `AdapterError`s: StoreUnavailable (retryable), NotFound, BadConfig. */
export interface ObjectStore {
  /** Null when there is no such object. */
  get(key: string): Promise<StoredObject | null>
  has(key: string): Promise<boolean>
  put(key: string, body: Uint8Array | string, contentType: string): Promise<void>
  /** Write-once: false when the key was taken, and then nothing is written. */
  putIfAbsent(key: string, body: Uint8Array | string, contentType: string): Promise<boolean>
  /** Compare-and-set: false when somebody else wrote since `etag` was read (`null`: since there was nothing). */
  putIfUnchanged(
    key: string,
    body: Uint8Array | string,
    contentType: string,
    etag: string | null,
  ): Promise<boolean>
  /** Keys under a prefix, in order of the key. */
  list(prefix: string): AsyncIterable<string>
  remove(keys: readonly string[]): Promise<void>
  /** `s3://bucket/key`: how other programs (Label Studio) name the object. */
  uri(key: string): string
}
