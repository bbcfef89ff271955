import { mkdir } from 'node:fs/promises'
import { runPaths, writeWhole, type Exit } from '../../detached-training/run-folder.ts'
import { exitOf, halvingBatch, runProgram, type DetachedRun } from '../../detached-training/run-program.ts'
import type { CommandJob } from './contract.ts'

/** What the detached process does with a program that keeps the contract of docs/trainers.md: one call. */
export async function carryOutCommand(run: DetachedRun): Promise<Omit<Exit, 'at'>> {
  const { job: jobFile, out } = runPaths(run.folder)
  await mkdir(out, { recursive: true })
  const ended = await halvingBatch(run, async (batch) => {
    const { datasetFolder, task, weights, arguments: planned } = run.spec
    const { architecture, imageSize, epochs, learningRate, seed } = planned
    const job: CommandJob = {
      contract: 1,
      task,
      dataset: datasetFolder,
      weights,
      architecture,
      imageSize,
      epochs,
      batch,
      learningRate,
      seed,
    }
    await writeWhole(jobFile, JSON.stringify(job, null, 2))
    return runProgram(run, ['train', '--job', jobFile, '--out', out])
  })
  return exitOf(run, 'train', ended)
}
