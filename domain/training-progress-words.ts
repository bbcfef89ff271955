import type { TrainingProgressView } from './contracts/training-progress.ts'

const figure = (value: number): string => value.toPrecision(3)

/** `45 s`, `12 min`, `3.5 h`: rounded, as an estimate deserves. */
function about(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** `epoch 12 of 50, mAP50 0.61, mAP50-95 0.38, losses box 1.20 cls 0.810, about 3 min left` */
export function trainingInWords(progress: TrainingProgressView): string {
  const { epoch, epochs, losses, map50, map, etaSeconds, waitsFor } = progress
  if (waitsFor !== null) return `waits for the training ${waitsFor}, which has the host`
  if (epoch === 0) return `epoch 0 of ${epochs}, reads the images`
  const named = Object.entries(losses).map(([name, value]) => `${name} ${figure(value)}`)
  return [
    `epoch ${epoch} of ${epochs}`,
    map50 === null ? '' : `mAP50 ${map50.toFixed(2)}`,
    map === null ? '' : `mAP50-95 ${map.toFixed(2)}`,
    named.length === 0 ? '' : `losses ${named.join(' ')}`,
    epoch >= epochs ? 'exports' : etaSeconds === null ? '' : `about ${about(etaSeconds)} left`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** The live details of a training in the web UI: Markdown. */
export function trainingDetails(description: string, progress: TrainingProgressView | null): string {
  if (progress === null) return description
  const { epoch, epochs, losses, map50, map, etaSeconds, waitsFor } = progress
  const rows = [
    ['epoch', `${epoch} of ${epochs}`],
    ...(map50 === null ? [] : [['mAP50', map50.toFixed(3)]]),
    ...(map === null ? [] : [['mAP50-95', map.toFixed(3)]]),
    ...Object.entries(losses).map(([name, value]) => [`${name} loss`, figure(value)]),
    ...(etaSeconds === null || epoch >= epochs ? [] : [['left', `about ${about(etaSeconds)}`]]),
    ...(waitsFor === null ? [] : [['waits for', `${waitsFor}, which has the host`]]),
  ]
  return [
    description,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n')
}
