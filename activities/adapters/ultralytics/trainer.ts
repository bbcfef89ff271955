import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  createDetachedTrainer,
  type DetachedTrainerSettings,
} from '../../detached-training/detached-trainer.ts'
import {
  batchOf,
  listAttempts,
  readSpec,
  readText,
  runPaths,
  writeWhole,
} from '../../detached-training/run-folder.ts'
import type { OwnOutput, TrainerKind } from '../../detached-training/trainer-kind.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Trainer } from '../../roles/trainer.ts'
import { recordedCommand } from './command.ts'
import { trainerEnvironment, writeTrainerSettings } from './environment.ts'
import { installedPackages } from './installed-packages.ts'
import { readReference } from './reference.ts'
import { parseResults, toCurve } from './results-csv.ts'
import { dataCheckIsOver, readBanner, readDataCheck, readExport } from './trainer-log.ts'

/** Importing the trainer takes seconds, the first time after an install up to a minute. */
const checkMilliseconds = 120_000

/** Ultralytics as a separate program: `program` is the `yolo` of its own environment. */
export const createTrainer = (settings: DetachedTrainerSettings): Trainer =>
  createDetachedTrainer(ultralytics, settings)

const ultralytics: TrainerKind = {
  name: 'ultralytics',
  prepare: (folder, program) => writeTrainerSettings(runPaths(folder).config, program),
  environment: (folder) => trainerEnvironment(runPaths(folder).config, process.env),
  async readProgress(folder) {
    const { rows, secondsPerEpoch } = parseResults((await readText(runPaths(folder).results)) ?? '')
    const last = rows.at(-1)
    if (last === undefined) return null
    return { epoch: last.epoch, losses: last.losses, map50: last.map50, map: last.map, secondsPerEpoch }
  },
  readDataCheck: (log, hasEnded) => (hasEnded || dataCheckIsOver(log) ? readDataCheck(log) : null),
  collect,
  async check(program, folder) {
    const { config } = runPaths(folder)
    await writeTrainerSettings(config, program)
    try {
      const { stdout } = await promisify(execFile)(program, ['version'], {
        env: trainerEnvironment(config, process.env),
        timeout: checkMilliseconds,
      })
      return stdout.trim().split('\n').at(-1) ?? ''
    } catch (cause) {
      throw new AdapterError('TrainerMissing', `The trainer ${program} does not start.`, {
        retryable: false,
        hint: 'Install it again: `understudy doctor` says how.',
        cause,
      })
    }
  },
}

async function collect(folder: string): Promise<OwnOutput> {
  const paths = runPaths(folder)
  const spec = await readSpec(folder)
  if (spec === null) throw new Error(`There is no spec.json in ${folder}.`)
  const attempts = await listAttempts(folder)
  const logs = await Promise.all(
    attempts.map(async ({ number }) => (await readText(paths.log(number))) ?? ''),
  )
  const table = parseResults((await readText(paths.results)) ?? '')
  await writeWhole(paths.curve, toCurve(table))
  const reference = await readReference(folder, spec)
  if (reference !== null) await writeWhole(paths.reference, JSON.stringify(reference))
  const banner = logs.map(readBanner).findLast((found) => found !== null)
  return {
    onnxPath: paths.onnx,
    weightsPath: paths.best,
    curvePath: paths.curve,
    referencePath: reference === null ? null : paths.reference,
    epochs: table.rows.length,
    resumed: attempts.some(({ lock }) => lock.resumed),
    command: recordedCommand(folder, spec, await batchOf(folder, spec)),
    packages: {
      ...(await installedPackages(spec.program)),
      ...(banner ? { ultralytics: banner.ultralytics, torch: banner.torch } : {}),
      ...logs.map(readExport).findLast((found) => found !== null),
    },
    device: banner?.device ?? 'unknown',
    python: banner?.python ?? 'unknown',
  }
}
