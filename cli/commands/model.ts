import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { ModelRegistry } from '../../activities/compose-models.ts'
import { action } from '../command.ts'
import { changeChampion, renderChange } from '../model/change-champion.ts'
import { toPage, toRow, type ModelPage, type ModelRow } from '../model/model-view.ts'
import { renderModel, renderModels } from '../model/render-models.ts'
import { person } from '../person.ts'
import { openProject, type Project } from '../project.ts'

interface ModelList {
  readonly project: string
  readonly champion: string | null
  readonly models: readonly ModelRow[]
}

const decision = z.object({ yes: z.boolean().default(false), by: z.string(), reason: z.string() })

/** `model list|show|promote|rollback|export`: the registry of trained students. */
export function registerModel(program: Command): void {
  const model = program
    .command('model')
    .description('look at trained models, and choose the champion by hand')
  model
    .command('list')
    .description('every registered model, newest first')
    .addHelpText('after', '\nExample:\n  understudy model list')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder }): Promise<ModelList> => {
          const { project, registry } = await openRegistry(folder)
          const models = (await registry.list()).map(toRow)
          const champion = models.find((row) => row.champion)?.model ?? null
          return { project: project.name, champion, models }
        },
        render: ({ models }) => renderModels(models),
      }),
    )
  model
    .command('show <model>')
    .description('all about one model: `champion`, a hash or the first digits of one')
    .addHelpText('after', '\nExample:\n  understudy model show champion')
    .action(
      action({
        options: z.object({ model: z.string() }),
        handler: async ({ model }, { folder }): Promise<ModelPage> => {
          const { project, registry } = await openRegistry(folder)
          return toPage(project.name, await registry.show(model))
        },
        render: renderModel,
      }),
    )
  withDecision(model.command('promote <model>'), 'promoted by hand')
    .description('make a model champion without the gate; asks first')
    .addHelpText('after', '\nExample:\n  understudy model promote 3f9c02 --reason "better on the new camera"')
    .action(
      action({
        options: decision.extend({ model: z.string() }),
        handler: async ({ model, ...decided }, context) => {
          const { project, registry, classes } = await openRegistry(context.folder)
          const change = await registry.promotion(model, classes)
          return changeChampion(project.name, change, decided, context)
        },
        render: renderChange,
      }),
    )
  withDecision(model.command('rollback'), 'rolled back by hand')
    .description('go back to the champion before; asks first')
    .addHelpText('after', '\nExample:\n  understudy model rollback --reason "misses small cells"')
    .action(
      action({
        options: decision,
        handler: async (decided, context) => {
          const { project, registry, classes } = await openRegistry(context.folder)
          const change = await registry.rollback(classes)
          return changeChampion(project.name, change, decided, context)
        },
        render: renderChange,
      }),
    )
  model
    .command('export <model> <dir>')
    .description('write a model with its class names, its record and how to run it into a folder')
    .addHelpText('after', '\nExample:\n  understudy model export champion detector')
    .action(
      action({
        options: z.object({ model: z.string(), dir: z.string() }),
        handler: async ({ model, dir }, { folder }) => {
          const { registry } = await openRegistry(folder)
          return writePackage(registry, model, resolve(dir))
        },
        render: ({ folder, files }) => `Wrote ${files.join(', ')} to ${folder}.`,
      }),
    )
}

const withDecision = (command: Command, reason: string): Command =>
  command
    .option('--reason <text>', 'why; kept with the succession of champions', reason)
    .option('--by <name>', 'who decides', person())
    .option('-y, --yes', 'do not ask')

async function openRegistry(folder: string): Promise<{
  readonly project: Project
  readonly registry: ModelRegistry
  readonly classes: readonly string[]
}> {
  const project = await openProject(folder)
  const { composeModels } = await import('../../activities/compose-models.ts')
  const registry = composeModels(project.settings.store, project.name)
  return { project, registry, classes: project.config.classes.map(({ name }) => name) }
}

async function writePackage(registry: ModelRegistry, name: string, folder: string) {
  const { model, files } = await registry.package(name)
  await mkdir(folder, { recursive: true })
  for (const file of files) await writeFile(join(folder, file.name), file.content)
  return { model, folder, files: files.map((file) => file.name) }
}
