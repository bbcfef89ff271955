import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { passedOn } from '../../detached-training/passed-on.ts'

/** Environment of the trainer: offline, installs nothing, keeps its settings in a folder of its own. */
export function trainerEnvironment(
  configFolder: string,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return {
    ...passedOn(inherited),
    YOLO_CONFIG_DIR: configFolder,
    YOLO_OFFLINE: '1',
    YOLO_AUTOINSTALL: '0',
    MPLCONFIGDIR: join(configFolder, 'matplotlib'),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

/** Integrations that the trainer would otherwise start when it finds their package; with `sync` it reports usage. */
const settingsVersion = '0.0.8'
const switchedOff = {
  sync: false,
  clearml: false,
  comet: false,
  dvc: false,
  mlflow: false,
  raytune: false,
  tensorboard: false,
  wandb: false,
  vscode_msg: false,
  openvino_msg: false,
}

/**
 * Private settings of one run, written before the trainer starts: two runs that share a settings file overwrite each
 * other's. Complete and of the right version, or the trainer replaces it by its defaults.
 */
export async function writeTrainerSettings(configFolder: string, program: string): Promise<void> {
  const folder = join(configFolder, 'Ultralytics')
  await mkdir(folder, { recursive: true })
  const settings = {
    settings_version: settingsVersion,
    datasets_dir: join(configFolder, 'datasets'),
    weights_dir: join(configFolder, 'weights'),
    runs_dir: join(configFolder, 'runs'),
    uuid: '',
    api_key: '',
    openai_api_key: '',
    ...switchedOff,
  }
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  await placeFont(folder, program)
}

/**
 * The trainer looks for Arial on the network at every start, even offline and without plots, unless a file of that name is
 * there. Any font will do: the one that came with its own plotting library is linked. Without it the start takes 3 s more.
 */
async function placeFont(folder: string, program: string): Promise<void> {
  const font = await findFont(join(dirname(program), '..', 'lib'))
  if (font === null) return
  for (const name of ['Arial.ttf', 'Arial.Unicode.ttf']) {
    try {
      await symlink(font, join(folder, name))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

async function findFont(libraries: string): Promise<string | null> {
  const inPackages = 'site-packages/matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf'
  try {
    for (const python of await readdir(libraries)) {
      const font = join(libraries, python, inPackages)
      if (existsSync(font)) return font
    }
  } catch {
    // Not a virtual environment: nothing to link.
  }
  return null
}
