import { createTrainer } from '../../../activities/adapters/ultralytics/trainer.ts'

// Plays the worker: a process that calls the trainer and can be killed. Arguments: program, folder of runs, the job as JSON.
const [program = '', runsFolder = '', job = ''] = process.argv.slice(2)
await createTrainer({ program, runsFolder, slotFolder: `${runsFolder}/../slot` }).train(JSON.parse(job), {
  onProgress: () => {},
  signal: new AbortController().signal,
})
