import { describe, expect, it } from 'vitest'

import { toolEnvironment } from '../../../../infra/toolchain/tool-environment.ts'

describe('toolEnvironment', () => {
  it('lets no secret of this process through', () => {
    const secrets = {
      GEMINI_API_KEY: 'canary',
      GOOGLE_API_KEY: 'canary',
      AWS_SECRET_ACCESS_KEY: 'canary',
      NPM_TOKEN: 'canary',
    }
    expect(Object.values(toolEnvironment({ ...secrets, PATH: '/bin' }))).not.toContain('canary')
  })

  it('passes on what package clients need to reach their registry', () => {
    const environment = {
      PATH: '/bin',
      PIP_INDEX_URL: 'a',
      GOPROXY: 'b',
      HTTPS_PROXY: 'c',
      SSL_CERT_FILE: 'd',
    }
    expect(toolEnvironment(environment)).toEqual(environment)
  })

  it('drops settings that would install somewhere else, and lets additions win', () => {
    expect(
      toolEnvironment({ PIP_TARGET: '/elsewhere', PIP_USER: '1', GOFLAGS: '-v' }, { GOFLAGS: '-x' }),
    ).toEqual({
      GOFLAGS: '-x',
    })
  })
})
