import { join, resolve } from 'node:path'

/** Everything the local stack keeps is under one folder, the home: remove it and nothing of the stack is left. */
export interface StackHome {
  readonly folder: string
  readonly stateFile: string
  readonly secretsFile: string
  readonly lockFile: string
  readonly logsFolder: string
  readonly runsFolder: string
  readonly workerReadyFile: string
  /** Data folder of a service. */
  data(service: string): string
  log(service: string): string
}

/** Where the home of a project's folder is: UNDERSTUDY_HOME, else `.understudy` in that folder. */
export function homeOf(folder: string, environment: NodeJS.ProcessEnv = process.env): StackHome {
  const set = environment['UNDERSTUDY_HOME']
  return stackHome(set === undefined || set === '' ? join(folder, '.understudy') : resolve(folder, set))
}

export function stackHome(folder: string): StackHome {
  const root = resolve(folder)
  const logsFolder = join(root, 'logs')
  return {
    folder: root,
    stateFile: join(root, 'stack.json'),
    secretsFile: join(root, 'secrets.json'),
    lockFile: join(root, 'up.lock'),
    logsFolder,
    runsFolder: join(root, 'runs'),
    workerReadyFile: join(root, 'worker-ready.json'),
    data: (service) => join(root, 'data', service),
    log: (service) => join(logsFolder, `${service}.log`),
  }
}
