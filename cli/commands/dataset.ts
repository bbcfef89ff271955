import type { Command } from 'commander'
import { registerCheck } from '../dataset/check-verb.ts'
import { registerExport } from '../dataset/export-verb.ts'
import { registerImport } from '../dataset/import-verb.ts'
import { registerDiff, registerList } from '../dataset/view-verbs.ts'

/** `dataset list|diff|check|export|import`: dataset versions, immutable and named by their hash. */
export function registerDataset(program: Command): void {
  const dataset = program
    .command('dataset')
    .description('look at dataset versions, take them out, bring labels in')
  registerList(dataset)
  registerDiff(dataset)
  registerCheck(dataset)
  registerExport(dataset)
  registerImport(dataset)
}
