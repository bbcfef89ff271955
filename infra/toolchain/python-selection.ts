import { z } from 'zod'

import { StackError } from '../stack-error.ts'
import { outputOf, programsOnPath } from './find-program.ts'
import { isAtLeast } from './versions.ts'

export interface PythonProbe {
  readonly program: string
  readonly version: readonly number[]
  /** Whether `venv` and `ensurepip` can be imported: Debian ships Python without them. */
  readonly makesEnvironments: boolean
}

const names = ['python3.13', 'python3.12', 'python3.11', 'python3']
const probeScript = `
import json, sys
try:
    import ensurepip, venv
    complete = True
except ImportError:
    complete = False
print(json.dumps({"program": sys.executable, "version": list(sys.version_info[:3]), "makesEnvironments": complete}))
`
const ProbeReply = z.object({
  program: z.string().min(1),
  version: z.array(z.number()).length(3),
  makesEnvironments: z.boolean(),
})

/** The Python that the environments are made with. Throws ToolchainFailed that names the system package which is missing. */
export async function selectPython(environment: NodeJS.ProcessEnv): Promise<PythonProbe> {
  return choosePython(await probePythons(environment))
}

/** The first probe from 3.11 to 3.13 that can make environments, else ToolchainFailed with what to install. */
export function choosePython(probes: readonly PythonProbe[]): PythonProbe {
  const supported = probes.filter(
    (probe) => isAtLeast(probe.version, [3, 11]) && !isAtLeast(probe.version, [3, 14]),
  )
  const complete = supported.find((probe) => probe.makesEnvironments)
  if (complete !== undefined) return complete
  const [bare] = supported
  if (bare !== undefined) {
    const minor = bare.version.slice(0, 2).join('.')
    throw new StackError({
      code: 'ToolchainFailed',
      what: 'Label Studio and the trainer cannot be installed.',
      why: `${bare.program} (Python ${bare.version.join('.')}) lacks the modules venv and ensurepip.`,
      fix: `Install them, on Debian and Ubuntu with: sudo apt install python${minor}-venv (or python3-venv). Then run this again.`,
    })
  }
  const found = probes.map((probe) => `${probe.program} is ${probe.version.join('.')}`).join(', ')
  throw new StackError({
    code: 'ToolchainFailed',
    what: 'Label Studio and the trainer cannot be installed.',
    why: `They need Python 3.11, 3.12 or 3.13; ${found === '' ? 'no working python3 is on PATH' : found}.`,
    fix: 'Install one: sudo apt install python3 python3-venv (Debian, Ubuntu), sudo dnf install python3.13 (Fedora), brew install python@3.13 (macOS). Then run this again.',
  })
}

/** Every Python on PATH that runs, the preferred first. */
async function probePythons(environment: NodeJS.ProcessEnv): Promise<PythonProbe[]> {
  const probes: PythonProbe[] = []
  for (const name of names) {
    for (const program of await programsOnPath(name, environment['PATH'] ?? '')) {
      const output = await outputOf(program, ['-c', probeScript], environment)
      const probe = output === undefined ? undefined : readProbe(output)
      if (probe !== undefined) probes.push(probe)
    }
  }
  return probes
}

function readProbe(output: string): PythonProbe | undefined {
  try {
    return ProbeReply.parse(JSON.parse(output))
  } catch {
    return undefined
  }
}
