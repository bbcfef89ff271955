import { describe, expect, test } from 'vitest'
import { childEnvironment } from '../../../../infra/stack/process/child-environment.ts'

const shell = {
  PATH: '/bin',
  HOME: '/home/someone',
  GEMINI_API_KEY: 'canary-1',
  GOOGLE_API_KEY: 'canary-2',
  AWS_SECRET_ACCESS_KEY: 'canary-3',
  DEBUG: '1',
  HOST: 'elsewhere',
  PORT: '1234',
  SECRET_KEY: 'canary-4',
  HTTPS_PROXY: 'http://proxy',
  CUDA_VISIBLE_DEVICES: '0',
}

describe('the environment of a supervised process', () => {
  test('keeps only what is on the list and what is its own', () => {
    expect(childEnvironment(shell, { MINIO_UPDATE: 'off' })).toEqual({
      PATH: '/bin',
      HOME: '/home/someone',
      MINIO_UPDATE: 'off',
    })
  })

  test('adds the way out and the devices for the worker, and still no key of the shell', () => {
    const worker = childEnvironment(shell, {}, 'worker')
    expect(worker).toMatchObject({ HTTPS_PROXY: 'http://proxy', CUDA_VISIBLE_DEVICES: '0' })
    expect(JSON.stringify(worker)).not.toContain('canary')
  })

  test('lets its own values go before those of the shell', () => {
    expect(childEnvironment({ HOME: '/a' }, { HOME: '/b' })).toEqual({ HOME: '/b' })
  })
})
