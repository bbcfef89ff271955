import { check, type Finding } from './check.ts'
import { UserError } from '../errors.ts'

export interface Installation {
  readonly findings: Finding[]
  /** The trainer's program; null when it is not installed. */
  readonly trainer: string | null
}

/** What is on this machine: the installed programs and the Python that environments are made with. */
export async function checkInstallation(environment: NodeJS.ProcessEnv): Promise<Installation> {
  const { findToolchain } = await import('../../infra/toolchain/find-toolchain.ts')
  const { selectPython } = await import('../../infra/toolchain/python-selection.ts')
  const { findFfmpeg } = await import('../../infra/toolchain/ensure-ffmpeg.ts')
  const tools = await findToolchain({ environment })
  const findings = await Promise.all([
    check('node', async () => process.version),
    check('python', async () => {
      const { version, program } = await selectPython(environment)
      return `${version.join('.')} at ${program}`
    }),
    check(
      'ffmpeg, for videos',
      async () => (await findFfmpeg(environment)) ?? 'installed at the first video',
    ),
    ...tools.map((tool) =>
      check(toolLabels[tool.tool], async () => {
        if (tool.state === 'found') return `${tool.version} (${placeInWords[tool.where]})`
        throw new UserError({
          code: 'ToolchainFailed',
          what: `Version ${tool.version} is not installed.`,
          why: `${tool.reason}.`,
          fix: 'Run `understudy up`: it installs what is missing.',
        })
      }),
    ),
  ])
  const trainer = tools.find(({ tool }) => tool === 'trainer')
  return { findings, trainer: trainer?.state === 'found' ? trainer.program : null }
}

const toolLabels = {
  temporal: 'temporal, installed',
  minio: 'minio, installed',
  labelStudio: 'label studio, installed',
  labelStudioSeed: 'label studio database, prepared',
  trainer: 'trainer, installed',
} as const

const placeInWords = { path: 'on PATH', cache: 'in the cache', setting: 'set by UNDERSTUDY_TRAINER' } as const
