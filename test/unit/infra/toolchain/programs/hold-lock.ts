// Child of file-lock.test.ts: takes the lock, adds 1 to a counter slowly, and lets go (or holds it until killed).
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { withFileLock } from '../../../../../infra/toolchain/file-lock.ts'

const [path = '', counter = '', mode = ''] = process.argv.slice(2)

await withFileLock({ path, signal: new AbortController().signal, onWait: () => undefined }, async () => {
  const before = Number(readFileSync(counter, 'utf8'))
  await delay(20)
  writeFileSync(counter, String(before + 1))
  console.log('held')
  if (mode === 'hold') await delay(60_000)
})
