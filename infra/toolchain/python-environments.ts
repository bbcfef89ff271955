import { join } from 'node:path'

import { lockFile, pythonEnvironmentEntry } from './cache-paths.ts'
import { installFailure } from './install-failure.ts'
import { installOnce } from './install-once.ts'
import { startProgress } from './progress.ts'
import { runLogged } from './run-logged.ts'
import { toolEnvironment } from './tool-environment.ts'
import { pythonEnvironments } from './tools.ts'

import type { InstallSite } from './install-once.ts'
import type { PythonProbe } from './python-selection.ts'
import type { InstallContext, PythonEnvironmentName } from './tools.ts'

/** Imports that prove an environment to be complete, C libraries of the system included. */
const proofs: Readonly<Record<PythonEnvironmentName, string>> = {
  labelStudio: 'import django, lxml, numpy, pandas, PIL, label_studio_sdk, label_studio',
  trainer: 'import cv2, onnx, onnxruntime, onnxslim, torch, torchvision, ultralytics',
  // The package's program lies where no two Pythons agree on: a link gives it one place.
  ffmpeg:
    'import imageio_ffmpeg, os, subprocess, sys; os.symlink(imageio_ffmpeg.get_ffmpeg_exe(), sys.argv[1]); subprocess.run([sys.argv[1], "-version"], check=True)',
  go: 'import subprocess, sys; subprocess.run([sys.argv[1], "version"], check=True)',
}

const description: Readonly<Record<PythonEnvironmentName, string>> = {
  labelStudio: 'Label Studio (about 1 GB)',
  trainer: 'the Ultralytics trainer with PyTorch (about 6 GB on Linux)',
  ffmpeg: 'ffmpeg (about 70 MB)',
  go: 'Go (about 300 MB)',
}

/**
 * A pinned Python environment from the cache, else installed from its hash-locked requirements with the selected Python.
 * Answers the absolute path of its program. Throws ToolchainFailed with the tail of the log.
 */
export async function ensurePythonEnvironment(
  name: PythonEnvironmentName,
  python: () => Promise<PythonProbe>,
  context: InstallContext,
): Promise<string> {
  const entry = await pythonEnvironmentEntry(context.cacheFolder, name)
  return installOnce(entry, context, async (site) => {
    const environmentPython = join(site.folder, 'bin', 'python')
    const step = stepRunner(entry.tool, site, context)
    await step((await python()).program, ['-m', 'venv', site.folder], 'making a Python environment')
    // Each lock lists every package with its hash; building from source may only use what an earlier lock brought.
    for (const lock of pythonEnvironments[name].locks) {
      const flags = ['--require-hashes', '--no-deps', '--no-build-isolation', '--no-cache-dir']
      const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off']
      const parameters = ['-m', 'pip', 'install', ...flags, ...quiet, '-r', lockFile(lock)]
      await step(
        environmentPython,
        parameters,
        lock === 'python-build' ? 'installing what builds packages' : `installing ${description[name]}`,
      )
    }
    await step(environmentPython, ['-c', proofs[name], entry.program], 'trying the installed packages')
  })
}

function stepRunner(
  tool: string,
  { folder, scratch, logFile, onStart }: InstallSite,
  context: InstallContext,
) {
  return async (program: string, parameters: readonly string[], doing: string): Promise<void> => {
    const progress = startProgress(tool, doing, context.onProgress)
    try {
      const outcome = await runLogged({
        program,
        parameters,
        folder,
        logFile,
        onStart,
        environment: toolEnvironment(context.environment, {
          PIP_USER: '0',
          // Gigabytes are unpacked there: /tmp may be small, and nobody would clean it after a kill.
          TMPDIR: scratch,
          // The trainer's first import writes a settings file: into the environment, not into the person's home.
          YOLO_CONFIG_DIR: join(folder, 'config'),
          YOLO_AUTOINSTALL: '0',
        }),
        signal: context.signal,
        onLine: progress.detail,
      })
      if (outcome.succeeded) return
      throw installFailure({
        tool,
        doing: `The step "${doing}"`,
        outcome,
        logFile,
        fix: 'Check that the Python package index can be reached (PIP_INDEX_URL and HTTPS_PROXY are passed on) and that the disk has room, then run this again.',
      })
    } finally {
      progress.stop()
    }
  }
}
