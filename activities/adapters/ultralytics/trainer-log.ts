import { plainText } from '../../detached-training/log-text.ts'
import type { DataCheck } from '../../detached-training/trainer-kind.ts'

/**
 * The trainer leaves broken files out with a line in its log and still exits 0, so the log has to be asked. Progress bars
 * repeat the count while it grows: the largest of each scan counts.
 */
export function readDataCheck(log: string): DataCheck {
  const corruptByScan = new Map<string, number>()
  for (const [, labels = '', corrupt = '0'] of log.matchAll(
    /Scanning (.+?)\.\.\. \d+ images?, \d+ backgrounds?, (\d+) corrupt/g,
  )) {
    const scan = labels.replace(/\.cache$/, '')
    corruptByScan.set(scan, Math.max(corruptByScan.get(scan) ?? 0, Number(corrupt)))
  }
  const files = plainText(log)
    .split('\n')
    .flatMap((line) => {
      const found = /(\/\S.*?): ignoring corrupt image\/label: (.*)$/.exec(line)
      return found ? [`${found[1]}: ${found[2]}`] : []
    })
  const counted = [...corruptByScan.values()].reduce((sum, corrupt) => sum + corrupt, 0)
  const listed = [...new Set(files)]
  return { corrupt: Math.max(counted, listed.length), files: listed }
}

/** True once both splits have been read and the first epoch begins: {@link readDataCheck} is complete from here on. */
export const dataCheckIsOver = (log: string): boolean => log.includes('Starting training for')

/** True when the last epoch was done: from here on checkpoints are stripped and resuming would start something new. */
export const allEpochsAreDone = (log: string): boolean => /\d+ epochs completed in/.test(log)

/** True when a resumed checkpoint turned out to be of the last epoch. */
export const nothingWasLeftToResume = (log: string): boolean => log.includes('nothing to resume')

/** True when the checkpoint given to resume from could not be read. */
export const checkpointWasUnreadable = (log: string): boolean =>
  /is not a loadable checkpoint|Resume checkpoint not found|PytorchStreamReader|UnpicklingError|EOFError/.test(
    log,
  )

export interface Banner {
  readonly ultralytics: string
  readonly python: string
  readonly torch: string
  /** `CPU (AMD EPYC 7763)`, or `CUDA:0 (NVIDIA H200, 143156MiB)`. */
  readonly device: string
}

/** What the trainer says of itself and its machine when it starts; null when it has not. */
export function readBanner(log: string): Banner | null {
  const found = /Ultralytics (\S+) \S* ?Python-(\S+) torch-(\S+) (.*)/u.exec(plainText(log))
  if (found === null) return null
  const [, ultralytics = '', python = '', torch = '', device = ''] = found
  return { ultralytics, python, torch, device: device.trim() }
}

/** What wrote the ONNX file; null when nothing has. */
export function readExport(log: string): { readonly onnx: string; readonly opset: string } | null {
  const found = /starting export with onnx (\S+) opset (\d+)/.exec(log)
  return found === null ? null : { onnx: found[1] ?? '', opset: found[2] ?? '' }
}
