/** The programs the stack needs. `labelStudioSeed` is a migrated, empty Label Studio database made once after install. */
export const toolNames = ['temporal', 'minio', 'labelStudio', 'labelStudioSeed', 'trainer'] as const

export type ToolName = (typeof toolNames)[number]

/** Absolute paths: programs, save `labelStudioSeed`, which is an SQLite file to copy into a new data folder. */
export interface Toolchain extends Readonly<Record<ToolName, string>> {
  readonly versions: Readonly<Record<string, string>>
}

export interface ToolchainProgress {
  readonly tool: string
  readonly text: string
}

/** What every step of finding and installing is given. */
export interface InstallContext {
  readonly cacheFolder: string
  readonly environment: NodeJS.ProcessEnv
  readonly onProgress: (event: ToolchainProgress) => void
  readonly signal: AbortSignal
}

export const goPrograms = {
  temporal: {
    version: '1.5.1',
    module: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
    // An unstamped build calls itself 0.0.0-DEV.
    linkerFlags: '-s -w -X github.com/temporalio/cli/temporalcli.Version=1.5.1',
  },
  minio: {
    version: '20260212201848',
    module: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
    linkerFlags: '-s -w',
  },
} as const

export type GoProgramName = keyof typeof goPrograms

/** The oldest Go that can fetch the newer one which a module asks for by itself. */
export const oldestGo = [1, 21] as const

/** The Go that the pinned modules ask for; an older one on PATH has to fetch it. */
export const goOfModules = [1, 25] as const

/** The oldest Temporal CLI taken from PATH, and the server inside it (a CLI built from source tells only that one). */
export const oldestTemporal = { cli: [1, 5, 1], server: [1, 29, 1] } as const

export const pythonEnvironments = {
  labelStudio: {
    folder: 'label-studio',
    version: '1.23.2',
    program: 'bin/label-studio',
    locks: ['python-build', 'label-studio'],
  },
  trainer: { folder: 'trainer', version: '8.4.190', program: 'bin/yolo', locks: ['trainer'] },
  ffmpeg: { folder: 'ffmpeg', version: '0.8.1', program: 'bin/ffmpeg', locks: ['ffmpeg'] },
  go: { folder: 'go', version: '1.27.3', program: 'bin/go', locks: ['go'] },
} as const

export type PythonEnvironmentName = keyof typeof pythonEnvironments
