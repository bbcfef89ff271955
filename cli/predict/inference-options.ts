import { join } from 'node:path'
import type { InferenceOptions } from '../../activities/compose-local.ts'
import type { InferenceProvider } from '../../domain/contracts/inference.ts'
import { inferenceVariables } from '../../domain/schemas/inference-environment.ts'
import { cacheFolderOf } from '../../infra/toolchain/cache-paths.ts'
import { UserError } from '../errors.ts'
import type { Output } from '../output.ts'

/** How models are computed here: the option before the environment, the rest as measured. Throws UserError. */
export function inferenceOptions(
  output: Pick<Output, 'note' | 'warn'>,
  provider?: InferenceProvider,
  environment: NodeJS.ProcessEnv = process.env,
): InferenceOptions {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''))
  const parsed = inferenceVariables.safeParse(set)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = issue?.path.join('.') ?? 'A variable'
    throw new UserError({
      code: 'BadInput',
      what: `${name} cannot be read.`,
      why: `It is "${environment[name] ?? ''}"; ${issue?.message ?? 'it is malformed'}.`,
      fix: 'docs/inference-speed.md says what it may be; unset, it is found out.',
    })
  }
  const { UNDERSTUDY_INFER_POOL: shape, UNDERSTUDY_INFER_PROVIDER: named } = parsed.data
  return {
    shape,
    provider: provider ?? named,
    tuningFolder: join(cacheFolderOf(environment), 'inference'),
    tell: (kind, text) => (kind === 'warning' ? output.warn(text) : output.note(text)),
  }
}
