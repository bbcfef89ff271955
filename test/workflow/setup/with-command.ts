import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { inject } from 'vitest'
import type { Loop } from './with-loop.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))

interface CommandCall {
  readonly words: readonly string[]
  readonly env: Record<string, string>
}

/** The real command in a process of its own. */
export const command = ({ words, env }: CommandCall) =>
  execa(process.execPath, [main, ...words], { env, reject: false, stdin: 'ignore' })

/** A folder that holds the project. Only Temporal is there. */
export async function withProject(
  loop: Loop,
  run: (call: (...words: string[]) => CommandCall) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-cli-'))
  await writeFile(join(folder, 'understudy.yaml'), `project: ${loop.project}\nclasses:\n  - name: cat\n`)
  const env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    UNDERSTUDY_S3_ENDPOINT: 'http://127.0.0.1:9',
    UNDERSTUDY_S3_BUCKET: 'nobody',
    UNDERSTUDY_S3_ACCESS_KEY: 'nobody',
    UNDERSTUDY_S3_SECRET_KEY: 'nobody-secret',
    UNDERSTUDY_LABEL_STUDIO_URL: 'http://127.0.0.1:9',
    UNDERSTUDY_LABEL_STUDIO_TOKEN: 'nobody',
    UNDERSTUDY_TRAINER_PROGRAM: 'yolo',
    UNDERSTUDY_RUNS_FOLDER: folder,
  }
  try {
    await run((...words) => ({ words: ['-C', folder, ...words], env }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Said {
  readonly code: number | undefined
  readonly out: string
  readonly err: string
}

export const withCommand = (
  loop: Loop,
  run: (understudy: (...words: string[]) => Promise<Said>) => Promise<void>,
): Promise<void> =>
  withProject(loop, async (call) =>
    run(async (...words) => {
      const { exitCode, stdout, stderr } = await command(call(...words))
      return { code: exitCode, out: stdout, err: stderr }
    }),
  )
