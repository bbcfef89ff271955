import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { collectSecrets, redact } from '../../../cli/redact.ts'

it('takes keys, tokens and secrets of the environment out of a text, whatever their product', () => {
  const environment = {
    GEMINI_API_KEY: 'AIza-one-two',
    TEMPORAL_API_KEY: 'tk/three+four',
    UNDERSTUDY_LABEL_STUDIO_TOKEN: 'ab12cd34',
    AWS_SECRET: 'quo"ted-secret',
    HOME: '/home/somebody',
  }
  const secrets = collectSecrets(environment, '/nowhere')
  const text = `refused AIza-one-two, url?key=tk%2Fthree%2Bfour, ${JSON.stringify('quo"ted-secret')}, ab12cd34 in /home/somebody`
  expect(redact(text, secrets)).toBe(
    'refused [redacted], url?key=[redacted], "[redacted]", [redacted] in /home/somebody',
  )
})

it('takes the secrets that the local stack generated out of a text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-redact-'))
  try {
    mkdirSync(join(folder, '.understudy'))
    writeFileSync(
      join(folder, '.understudy', 'secrets.json'),
      JSON.stringify({ store: { accessKey: 'access-1', secretKey: 'secret-2' }, control: 'control-3' }),
    )
    const secrets = collectSecrets({}, folder)
    expect(redact('access-1 secret-2 control-3', secrets)).toBe('[redacted] [redacted] [redacted]')
    const moved = collectSecrets({ UNDERSTUDY_HOME: join(folder, '.understudy') }, '/nowhere')
    expect(moved).toEqual(secrets)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('does not tear holes into a text for values that cannot be secrets', () => {
  const secrets = collectSecrets({ SOME_KEY: '1', OTHER_TOKEN: '' }, '/nowhere')
  expect(redact('1 of 10', secrets)).toBe('1 of 10')
})
