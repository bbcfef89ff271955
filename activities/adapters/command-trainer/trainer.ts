import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createDetachedTrainer,
  type DetachedTrainerSettings,
} from '../../detached-training/detached-trainer.ts'
import { passedOn } from '../../detached-training/passed-on.ts'
import { listAttempts, readText, runPaths, writeWhole } from '../../detached-training/run-folder.ts'
import type { OwnOutput, TrainerKind } from '../../detached-training/trainer-kind.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Trainer } from '../../roles/trainer.ts'
import { outputFiles, readLines, type EpochLine, type Told } from './contract.ts'

const checkMilliseconds = 60_000

/** Any program that keeps the contract of docs/trainers.md. Its path comes from the worker's environment, never from a project. */
export const createCommandTrainer = (settings: DetachedTrainerSettings): Trainer =>
  createDetachedTrainer(command, settings)

const readTold = async (folder: string, attempt: number): Promise<Told> =>
  readLines((await readText(runPaths(folder).log(attempt))) ?? '')

const command: TrainerKind = {
  name: 'command',
  prepare: async () => {},
  environment: () => passedOn(process.env),
  async readProgress(folder, attempt) {
    const last = (await readTold(folder, attempt)).epochs.at(-1)
    return last === undefined
      ? null
      : { ...last, secondsPerEpoch: await secondsPerEpoch(folder, attempt, last) }
  },
  readDataCheck(log) {
    const { refused } = readLines(log)
    return refused === null ? null : { corrupt: refused.length, files: refused }
  },
  collect,
  async check(program) {
    try {
      const { stdout } = await promisify(execFile)(program, ['version'], {
        env: passedOn(process.env),
        timeout: checkMilliseconds,
      })
      return stdout.trim().split('\n').at(-1) ?? ''
    } catch (cause) {
      throw new AdapterError('TrainerMissing', `The trainer ${program} does not answer \`version\`.`, {
        retryable: false,
        hint: 'docs/trainers.md says what such a program must do.',
        cause,
      })
    }
  },
}

/** Mean since the attempt began, by our own clock. */
async function secondsPerEpoch(folder: string, attempt: number, last: EpochLine): Promise<number | null> {
  const { lock } = (await listAttempts(folder)).find(({ number }) => number === attempt) ?? {}
  const first = (await readTold(folder, attempt)).epochs[0]?.epoch ?? last.epoch
  return lock === undefined ? null : (Date.now() - lock.at) / 1000 / (last.epoch - first + 1)
}

async function collect(folder: string): Promise<OwnOutput> {
  const { out, curve } = runPaths(folder)
  const attempts = await listAttempts(folder)
  const told = await Promise.all(attempts.map(({ number }) => readTold(folder, number)))
  // The last line of an epoch counts: one that was done again after a crash is the one that stayed.
  const epochs = new Map(told.flatMap(({ epochs }) => epochs).map((line) => [line.epoch, line]))
  const ordered = [...epochs.values()].sort((a, b) => a.epoch - b.epoch)
  await writeWhole(curve, toCurve(ordered))
  const about = told.findLast(({ about }) => about !== null)?.about
  const weights = join(out, outputFiles.weights)
  const reference = join(out, outputFiles.reference)
  return {
    onnxPath: join(out, outputFiles.model),
    weightsPath: existsSync(weights) ? weights : null,
    curvePath: curve,
    referencePath: existsSync(reference) ? reference : null,
    epochs: ordered.length,
    resumed: told.some(({ epochs }) => (epochs[0]?.epoch ?? 1) > 1),
    command: ['train', '--job', '<run>/job.json', '--out', '<run>/out'],
    packages: about?.packages ?? {},
    device: about?.device ?? 'unknown',
    python: about?.python ?? 'none',
  }
}

function toCurve(epochs: readonly EpochLine[]): string {
  const names = [...new Set(epochs.flatMap(({ losses }) => Object.keys(losses)))]
  const rows = epochs.map(({ epoch, losses, map50, map }) =>
    [epoch, ...names.map((name) => losses[name] ?? ''), map50 ?? '', map ?? ''].join(','),
  )
  return [
    ['epoch', ...names.map((name) => `train/${name}_loss`), 'metrics/mAP50', 'metrics/mAP50-95'].join(','),
    ...rows,
    '',
  ].join('\n')
}
