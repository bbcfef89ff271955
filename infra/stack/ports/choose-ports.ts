import { StackError } from '../../stack-error.ts'
import type { PortName, Ports } from './port-names.ts'
import { portNames, portVariable, preferredPorts } from './port-names.ts'

export interface PortWishes {
  /** Said by flag or variable: this number or an error. */
  readonly fixed: Partial<Record<PortName, number>>
  /** What this home used last; links that people kept go on working. */
  readonly previous: Partial<Record<PortName, number>>
  /** `random` asks the system for every port that is not fixed (tests run many stacks). */
  readonly rest: 'preferred' | 'random'
}

export interface PortProbe {
  /** Claims a port for this stack; false when somebody has it. */
  claim(port: number): Promise<boolean>
  /** Claims any free one. */
  claimAny(): Promise<number>
}

/**
 * One free port for each name: the fixed one, else the previous, else the usual, else any. Throws PortTaken when a fixed
 * one is in use.
 */
export async function choosePorts(wishes: PortWishes, probe: PortProbe): Promise<Ports> {
  const chosen = new Map<PortName, number>()
  // Fixed ones first, or a free choice might take what somebody asked for by name.
  for (const name of portNames) {
    const fixed = wishes.fixed[name]
    if (fixed === undefined) continue
    if (!(await probe.claim(fixed))) throw portTaken(name, fixed)
    chosen.set(name, fixed)
  }
  for (const name of portNames) {
    if (chosen.has(name)) continue
    const usual = wishes.rest === 'preferred' ? preferredPorts[name] : undefined
    chosen.set(name, await firstFree([wishes.previous[name], usual], probe))
  }
  const port = (name: PortName): number => chosen.get(name) ?? preferredPorts[name]
  return {
    temporal: port('temporal'),
    temporalUi: port('temporalUi'),
    minio: port('minio'),
    minioConsole: port('minioConsole'),
    labelStudio: port('labelStudio'),
    simulator: port('simulator'),
    control: port('control'),
  }
}

/** Ports fixed by UNDERSTUDY_PORT_…; throws BadConfig for anything that is no port number. */
export function fixedPorts(environment: NodeJS.ProcessEnv): Partial<Record<PortName, number>> {
  const fixed: Partial<Record<PortName, number>> = {}
  for (const name of portNames) {
    const text = environment[portVariable(name)]
    if (text === undefined || text === '') continue
    fixed[name] = portNumber(portVariable(name), text)
  }
  return fixed
}

export function portNumber(source: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new StackError({
    code: 'BadConfig',
    what: `${source} is no port number.`,
    why: `Expected 1 to 65535, got "${text}".`,
    fix: 'Correct it, or leave it out: then a free port is chosen.',
  })
}

async function firstFree(candidates: readonly (number | undefined)[], probe: PortProbe): Promise<number> {
  for (const candidate of candidates) {
    if (candidate !== undefined && (await probe.claim(candidate))) return candidate
  }
  return probe.claimAny()
}

function portTaken(name: PortName, port: number): StackError {
  return new StackError({
    code: 'PortTaken',
    what: `Port ${port}, fixed for ${name}, is taken.`,
    why: 'Another program listens there or another stack has claimed it.',
    fix: `Stop that program, choose another number, or leave out \`--port ${name}=…\` and ${portVariable(name)}: then a free port is found.`,
  })
}
