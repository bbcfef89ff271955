import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TrainerName } from '../domain/contracts/trainers.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createCommandTrainer } from './adapters/command-trainer/trainer.ts'
import { createTrainer } from './adapters/ultralytics/trainer.ts'
import type { Trainer } from './roles/trainer.ts'

/** Shared by every worker of this user on this host, whatever project or home it serves. */
const slotOfHost = (): string => join(tmpdir(), `understudy-training-${userInfo().username}`)

/** The trainers of this host by name; null: none of that kind. */
export function createTrainers({
  program,
  command,
  runsFolder,
  slotFolder,
}: ConnectionSettings['trainer']): Record<TrainerName, Trainer | null> {
  const places = { runsFolder, slotFolder: slotFolder ?? slotOfHost() }
  return {
    ultralytics: createTrainer({ program, ...places }),
    command: command === null ? null : createCommandTrainer({ program: command, ...places }),
  }
}
