import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StackError } from '../stack-error.ts'
import { programFile } from '../stack/stack-plan.ts'
import { launchdAgent, systemdUnit, type BootCommand } from './boot-unit.ts'

export interface BootPlace {
  readonly platform: NodeJS.Platform
  /** The user's home folder. */
  readonly userHome: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

interface BootProject {
  readonly project: string
  /** Absolute path of the project's folder. */
  readonly folder: string
}

/** Where the unit of a project is; two folders may hold projects of one name. */
export interface BootFiles {
  readonly unit: string
  /** Link by which systemd knows that the unit is wanted; null with launchd. */
  readonly enabledBy: string | null
  readonly environmentFile: string
}

/** Settings that the commands of this shell heed, and that those at boot must heed, too. None is a secret. */
const passedOn = ['PATH', 'UNDERSTUDY_HOME', 'UNDERSTUDY_CACHE', 'XDG_CACHE_HOME']

/** @throws StackError BadInput on a platform that has neither systemd nor launchd */
export function bootFiles(target: BootProject, place: BootPlace): BootFiles {
  const name = nameOf(target)
  const config = place.environment['XDG_CONFIG_HOME'] || join(place.userHome, '.config')
  const environmentFile = join(config, 'understudy', `${name}.env`)
  if (place.platform === 'darwin') {
    const unit = join(place.userHome, 'Library', 'LaunchAgents', `${labelOf(name)}.plist`)
    return { unit, enabledBy: null, environmentFile }
  }
  if (place.platform === 'linux') {
    const units = join(config, 'systemd', 'user')
    const service = `understudy-${name}.service`
    return {
      unit: join(units, service),
      enabledBy: join(units, 'default.target.wants', service),
      environmentFile,
    }
  }
  throw new StackError({
    code: 'BadInput',
    what: `Nothing can be started at boot on ${place.platform}.`,
    why: 'Only systemd (Linux, WSL2) and launchd (macOS) are known.',
    fix: 'Have your system run `understudy up` in the folder of the project.',
  })
}

const nameOf = ({ project, folder }: BootProject): string =>
  `${project}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`

const labelOf = (name: string): string => `understudy.${name}`

/** Writes what starts the project's services with the machine. Safe to repeat. */
export async function startAtBoot(
  target: BootProject & { readonly simulate: boolean; readonly truth: readonly string[] },
  place: BootPlace,
): Promise<BootFiles> {
  const files = bootFiles(target, place)
  const call = (...words: string[]): [string, ...string[]] => [
    process.execPath,
    programFile('cli/main.ts'),
    '-C',
    target.folder,
    ...words,
  ]
  const simulate = target.simulate ? ['--simulate', ...target.truth.flatMap((file) => ['--truth', file])] : []
  const environment = passedOn.flatMap((name) => {
    const value = place.environment[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  const command: BootCommand = {
    project: target.project,
    command: call('up', ...simulate),
    stopCommand: call('down'),
    environment: Object.fromEntries(environment),
    environmentFile: files.environmentFile,
  }
  await mkdir(dirname(files.unit), { recursive: true })
  const text =
    files.enabledBy === null ? launchdAgent(labelOf(nameOf(target)), command) : systemdUnit(command)
  await writeFile(files.unit, text)
  if (files.enabledBy !== null) {
    await mkdir(dirname(files.enabledBy), { recursive: true })
    await rm(files.enabledBy, { force: true })
    await symlink(files.unit, files.enabledBy)
  }
  return files
}

/** Takes it away again; false when there was none. The user's file of variables stays. */
export async function forgetAtBoot(target: BootProject, place: BootPlace): Promise<boolean> {
  const { unit, enabledBy } = bootFiles(target, place)
  const there = existsSync(unit)
  for (const path of [unit, enabledBy]) if (path !== null) await rm(path, { force: true })
  return there
}
