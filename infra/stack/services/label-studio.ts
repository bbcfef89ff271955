import { copyFile, mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { StackHome } from '../home.ts'
import { childEnvironment } from '../process/child-environment.ts'
import type { StackSecrets } from '../secrets.ts'
import type { StackPlan } from '../stack-plan.ts'
import type { Service } from './service.ts'

const Whoami = z.object({ email: z.string() })

/** The review server, on SQLite, with its guards against requests to this machine left on. */
export function labelStudioService(home: StackHome, plan: StackPlan, secrets: StackSecrets): Service {
  const { labelStudio: port, minio } = plan.ports
  const folder = home.data('label-studio')
  const url = `http://127.0.0.1:${port}`
  return {
    name: 'label-studio',
    needs: [],
    ports: [port],
    // Without the seed database the first start migrates for a minute, on a slow disk longer.
    readyWithinMs: 180_000,
    graceMs: 10_000,
    prepare: () => seedDatabase(folder, plan.programs.labelStudioSeed),
    launch: () => ({
      program: plan.programs.labelStudio,
      arguments: ['start', '--no-browser', '--internal-host', '127.0.0.1', '--port', String(port)],
      environment: childEnvironment(process.env, {
        ...startUpSet,
        SECRET_KEY: secrets.board.secretKey,
        LABEL_STUDIO_BASE_DATA_DIR: folder,
        LABEL_STUDIO_HOST: url,
        LABEL_STUDIO_USERNAME: secrets.board.email,
        LABEL_STUDIO_PASSWORD: secrets.board.password,
        LABEL_STUDIO_USER_TOKEN: secrets.board.token,
        // A storage with a loopback endpoint of its own would be refused; the server's own endpoint is trusted.
        LABEL_STUDIO_S3_ENDPOINT: `http://127.0.0.1:${minio}`,
      }),
      folder,
    }),
    // With its port taken it moves to the next one and says nothing, so only our token proves who answers.
    probe: async () => {
      const response = await fetch(`${url}/api/current-user/whoami`, {
        headers: { authorization: `Token ${secrets.board.token}` },
        signal: AbortSignal.timeout(10_000),
      })
      if (!response.ok) throw new Error(`expected the account of our token, got HTTP ${response.status}`)
      const { email } = Whoami.parse(await response.json())
      if (email !== secrets.board.email) throw new Error('the token belongs to another account')
    },
    settle: async () => {},
  }
}

const startUpSet = {
  LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN: 'true',
  LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK: 'true',
  LABEL_STUDIO_COLLECT_ANALYTICS: '0',
  LABEL_STUDIO_LATEST_VERSION_CHECK: '0',
  SENTRY_DSN: '',
  FRONTEND_SENTRY_DSN: '',
  LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED: 'false',
  // Without it a malformed prediction is dropped in silence.
  fflag_feat_utc_210_prediction_validation_15082025: 'true',
  PYTHONUNBUFFERED: '1',
}

async function seedDatabase(folder: string, seed: string): Promise<void> {
  const database = join(folder, 'label_studio.sqlite3')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (await stat(database).catch(() => null)) return
  await copyFile(seed, `${database}.new`)
  await rename(`${database}.new`, database)
}
