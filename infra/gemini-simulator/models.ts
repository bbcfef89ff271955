import { invalidArgument, notFound, VendorRefusal } from './vendor-error.ts'

/** Models that the simulator plays, with the settings that the real ones refuse. */
const models: Readonly<Record<string, { readonly levels: readonly string[] | null }>> = {
  'gemini-3.8-flash': { levels: ['LOW', 'MEDIUM', 'HIGH'] },
  'gemini-3.7-flash': { levels: ['LOW', 'MEDIUM', 'HIGH'] },
  'gemini-3.6-flash': { levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  'gemini-3.5-flash': { levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  'gemini-3.5-flash-lite': { levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  'gemini-2.5-flash-lite': { levels: null },
}

const aliases: Readonly<Record<string, string>> = {
  'gemini-flash-latest': 'gemini-3.8-flash',
  'gemini-flash-lite-latest': 'gemini-3.5-flash-lite',
}

export const modelNames = Object.keys(models)

const withoutPrefix = (name: string): string => name.replace(/^models\//, '')

/** The concrete model behind a name; refused like the real thing when it does not exist on this API version. */
export function resolveModel(name: string, version: string): string {
  const asked = withoutPrefix(name)
  const model = version === 'v1beta' ? (aliases[asked] ?? asked) : asked
  if (Object.hasOwn(models, model)) return model
  throw new VendorRefusal(
    notFound(
      `models/${asked} is not found for API version ${version}, or is not supported for generateContent.`,
    ),
  )
}

export const describeModel = (model: string) => ({
  name: `models/${model}`,
  version: model.split('-')[1] ?? '',
  displayName: `${model} (simulated)`,
  description: 'Answers from published labels of the demo images.',
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: ['generateContent', 'countTokens'],
})

export interface ThinkingConfig {
  readonly thinkingLevel?: string | undefined
  readonly thinkingBudget?: number | undefined
}

/** Refuses the thinking settings that the real model refuses. */
export function checkThinking(model: string, { thinkingLevel, thinkingBudget }: ThinkingConfig): void {
  const levels = models[model]?.levels ?? null
  const refuse = (message: string): never => {
    throw new VendorRefusal(invalidArgument(message))
  }
  if (thinkingLevel !== undefined && thinkingBudget !== undefined) {
    refuse('You can only set only one of thinking budget and thinking level.')
  }
  if (thinkingBudget !== undefined && levels !== null) {
    refuse('Thinking budget is not supported for this model. Please use thinking level instead.')
  }
  if (thinkingLevel === undefined) return
  if (levels === null) refuse('Thinking level is not supported for this model.')
  if (levels !== null && !levels.includes(thinkingLevel)) {
    refuse(`Thinking level ${thinkingLevel} is not supported for this model.`)
  }
}
