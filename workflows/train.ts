import { setCurrentDetails, setHandler } from '@temporalio/workflow'
import type { TrainInput } from '../domain/contracts/workflow-inputs.ts'
import { trainingDetails } from '../domain/training-progress-words.ts'
import { infer, trainer } from './ask.ts'
import { trainingProgressSignal } from './messages.ts'

/**
 * Trains a student in a process that outlives the worker, exports it to ONNX, and registers it after the file has proved
 * itself. Its id is the hash of dataset and arguments: the same training is never run twice side by side.
 */
export async function train(input: TrainInput): Promise<{ model: string; seconds: number }> {
  const { project, configHash, cycle, dataset, trainKey, description } = input
  setCurrentDetails(trainingDetails(description, null))
  setHandler(trainingProgressSignal, (progress) => setCurrentDetails(trainingDetails(description, progress)))
  const trained = await trainer(description).trainStudent({ project, configHash, cycle, dataset, trainKey })
  const { model } = await infer('Check and register the exported model').registerModel({
    project,
    configHash,
    cycle,
    dataset,
    trainKey,
    model: trained.model,
  })
  return { model, seconds: trained.seconds }
}
