import { text } from 'node:stream/consumers'
import { stackHome } from '../home.ts'
import { identify } from '../process/process-identity.ts'
import { ensureSecrets } from '../secrets.ts'
import { StackPlan } from '../stack-plan.ts'
import { startControlServer } from './control-server.ts'
import { runStack } from './stack-runner.ts'

/**
 * The supervisor: a process without a terminal that `up` starts and `down` ends (SIGTERM). Its plan comes on standard
 * input, because that is the one way in which a key leaves no trace in a file, an argument or an environment.
 */
const report = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`)
}

const plan = StackPlan.parse(JSON.parse(await text(process.stdin)))
const self = identify(process.pid)
if (self === null) throw new Error('the supervisor cannot find itself in the process table')
const home = stackHome(plan.home)
const secrets = ensureSecrets(home)

// The door first: without it nothing has been started yet that would have to be stopped.
const server = await startControlServer({
  token: secrets.control,
  port: plan.ports.control,
  apply: (wishes) => runner.apply(wishes),
})
const runner = runStack(plan, { home, secrets, self, report })

let stopping = false
const stop = async (): Promise<void> => {
  if (stopping) return
  stopping = true
  report('supervisor: stops')
  await runner.stop()
  server.closeAllConnections()
  server.close()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
process.on('SIGHUP', () => report('supervisor: stays when its terminal goes'))
