import type { ServiceStatus, StackStatus } from '../../infra/stack/status.ts'
import { renderPairs, renderTable } from '../table.ts'

/** The stack as a person reads it: services, what is wrong, where to look. */
export function renderStatus(status: StackStatus): string {
  if (status.services.length === 0) return 'Nothing runs here. Start the services with `understudy up`.'
  const troubles = status.services.flatMap((service) => trouble(service) ?? [])
  return [
    ...headline(status),
    table(status.services),
    ...troubles,
    ...(status.links === null ? [] : ['', places(status.links, status.accounts)]),
  ].join('\n')
}

function headline({ status, simulated, teacher }: StackStatus): string[] {
  const lines: string[] = []
  if (status === 'down') lines.push('The stack ended without `understudy down`: run `understudy up`.')
  if (status === 'unsupervised') {
    lines.push('The supervisor was killed; nobody restarts what crashes. Run `understudy up`.')
  }
  if (simulated)
    lines.push('Simulated teacher: drafts come from published labels with made-up errors, not from Gemini.')
  else if (teacher !== null)
    lines.push(
      `Teacher: Gemini${teacher.endpoint === 'vertex' ? ' on Vertex AI' : ''}, asked with ${teacher.keySource}.`,
    )
  return lines.length === 0 ? [] : [...lines, '']
}

function table(services: readonly ServiceStatus[]): string {
  return renderTable(
    [
      { title: 'service', value: ({ name }) => name },
      { title: 'state', value: ({ state }) => state },
      { title: 'port', value: ({ port }) => port ?? '-', align: 'right' },
      { title: 'pid', value: ({ pid }) => pid ?? '-', align: 'right' },
      { title: 'up for', value: ({ uptimeSeconds }) => duration(uptimeSeconds), align: 'right' },
      { title: 'restarts', value: ({ restarts }) => restarts, align: 'right' },
    ],
    services,
  )
}

function trouble({ name, state, problem, lastExit, nextStartAt, restarts }: ServiceStatus): string | null {
  if (state === 'ready' && restarts === 0) return null
  const parts = [
    ...(state === 'ready' || problem === null ? [] : [problem]),
    ...(lastExit === null
      ? []
      : [`ended with ${lastExit.signal ?? `code ${lastExit.code}`} at ${lastExit.at}`]),
    ...(nextStartAt === null ? [] : [`starts again at ${nextStartAt}`]),
  ]
  return parts.length === 0 ? null : `  ${name}: ${parts.join('; ')} (see \`understudy logs ${name}\`)`
}

function places(links: NonNullable<StackStatus['links']>, accounts: StackStatus['accounts']): string {
  const signIn = (name: string): string => `  (sign in as ${name})`
  const pairs = renderPairs([
    ['Temporal', links.temporal],
    ['Label Studio', links.labelStudio + (accounts === null ? '' : signIn(accounts.labelStudio))],
    ['MinIO', links.minio + (accounts === null ? '' : signIn(accounts.minio))],
  ])
  return accounts === null ? pairs : `${pairs}\nPasswords: ${accounts.passwordsIn}`
}

/** `95 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '-'
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
