import { join } from 'node:path'
import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { simulatedKey } from '../../domain/schemas/worker-environment.ts'
import { cacheFolderOf } from '../toolchain/cache-paths.ts'
import type { StackHome } from './home.ts'
import type { Ports } from './ports/port-names.ts'
import type { StackSecrets } from './secrets.ts'
import { storeRegion } from './services/minio.ts'
import { localNamespace } from './services/temporal.ts'
import type { Programs, TeacherChoice } from './stack-plan.ts'

export const loopback = (port: number): string => `http://127.0.0.1:${port}`

interface LocalStack {
  readonly ports: Ports
  readonly bucket: string
  readonly programs: Pick<Programs, 'trainer'>
}

/** How to reach the services of this home. Holds secrets. */
export function localSettings(
  home: StackHome,
  { ports, bucket, programs }: LocalStack,
  secrets: StackSecrets,
  teacher: TeacherChoice,
): ConnectionSettings {
  return {
    temporal: {
      address: `127.0.0.1:${ports.temporal}`,
      namespace: localNamespace,
      uiUrl: loopback(ports.temporalUi),
    },
    store: { endpoint: loopback(ports.minio), bucket, region: storeRegion, ...secrets.store },
    board: { url: loopback(ports.labelStudio), token: secrets.board.token },
    teacher: teacherSettings(teacher, ports),
    trainer: {
      program: programs.trainer,
      runsFolder: home.runsFolder,
      command: null,
      weightsFolder: join(cacheFolderOf(process.env), 'weights'),
      slotFolder: null,
    },
    queuePrefix: '',
  }
}

function teacherSettings(teacher: TeacherChoice, ports: Ports): ConnectionSettings['teacher'] {
  if (teacher.kind === 'none') return null
  if (teacher.kind === 'simulated') {
    return {
      endpoint: 'simulated',
      baseUrl: loopback(ports.simulator),
      apiKey: simulatedKey,
      keySource: 'simulator',
    }
  }
  return teacher.teacher
}
