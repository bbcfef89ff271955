import { mkdir } from 'node:fs/promises'
import { StackError } from '../../stack-error.ts'
import type { StackHome } from '../home.ts'
import { childEnvironment } from '../process/child-environment.ts'
import type { StackSecrets } from '../secrets.ts'
import type { StackPlan } from '../stack-plan.ts'
import type { Service } from './service.ts'
import { signS3Request } from './sign-s3-request.ts'

export const storeRegion = 'us-east-1'

/** The object store, with its console, on loopback. */
export function minioService(home: StackHome, plan: StackPlan, secrets: StackSecrets): Service {
  const { minio: port, minioConsole: consolePort } = plan.ports
  const folder = home.data('minio')
  const call = async (method: 'GET' | 'PUT', path: string): Promise<{ status: number; body: string }> => {
    const url = new URL(path, `http://127.0.0.1:${port}`)
    const headers = signS3Request(method, url, { ...secrets.store, region: storeRegion }, new Date())
    const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(5_000) })
    return { status: response.status, body: await response.text() }
  }
  return {
    name: 'minio',
    needs: [],
    ports: [port, consolePort],
    readyWithinMs: 60_000,
    graceMs: 10_000,
    prepare: async () => {
      await mkdir(folder, { recursive: true })
    },
    launch: () => ({
      program: plan.programs.minio,
      arguments: [
        'server',
        '--quiet',
        `--address=127.0.0.1:${port}`,
        `--console-address=127.0.0.1:${consolePort}`,
        // Else it reads ~/.minio/certs, and a certificate there turns on TLS.
        `--certs-dir=${home.data('minio-certs')}`,
        folder,
      ],
      environment: childEnvironment(process.env, {
        MINIO_ROOT_USER: secrets.store.accessKey,
        MINIO_ROOT_PASSWORD: secrets.store.secretKey,
        MINIO_UPDATE: 'off',
      }),
      folder: home.folder,
    }),
    probe: async () => {
      const { status, body } = await call('GET', '/')
      if (status !== 200 || !body.includes('ListAllMyBucketsResult')) {
        throw new Error(`expected the list of buckets for our credentials, got HTTP ${status}`)
      }
    },
    settle: async () => {
      const { status, body } = await call('PUT', `/${plan.bucket}`)
      if (status === 200 || (status === 409 && body.includes('BucketAlreadyOwnedByYou'))) return
      throw new StackError({
        code: 'StoreUnavailable',
        what: `The bucket ${plan.bucket} could not be made.`,
        why: `MinIO answered HTTP ${status}.`,
        fix: `Look at ${home.log('minio')}: a full disk is the usual reason.`,
      })
    },
  }
}
