// Child of install-once.test.ts: begins an install that writes a file, starts a long-lived program, and never ends.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { installOnce } from '../../../../../infra/toolchain/install-once.ts'
import { runLogged } from '../../../../../infra/toolchain/run-logged.ts'

const [cacheFolder = ''] = process.argv.slice(2)
const folder = join(cacheFolder, 'tool', '1.0.0')
const interruption = new AbortController()
process.once('SIGTERM', () => interruption.abort())
const context = {
  cacheFolder,
  environment: process.env,
  onProgress: () => undefined,
  signal: interruption.signal,
}

await installOnce(
  { tool: 'tool', version: '1.0.0', folder, program: join(folder, 'tool') },
  context,
  async (site) => {
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
    await runLogged({
      program: '/bin/sh',
      // The shell has a child of its own: both must go.
      parameters: ['-c', 'sleep 61 & echo $$ $!; wait'],
      environment: {},
      folder,
      logFile: site.logFile,
      signal: context.signal,
      onStart: site.onStart,
      onLine: (line) => console.log(line),
    })
  },
)
