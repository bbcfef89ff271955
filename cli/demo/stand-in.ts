import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import type { HandlerContext } from '../command.ts'
import { demoTruth } from './demo-project.ts'

/** Answers what is open on the board with the published labels; resolves to the number of answers. */
export type StandIn = () => Promise<number>

/** The stand-in reviewer: a program in the place of people, and said so wherever its work appears. */
export async function createStandIn(
  settings: ConnectionSettings,
  project: string,
  { output, signal }: Pick<HandlerContext, 'output' | 'signal'>,
): Promise<StandIn> {
  const { composeStandIn } = await import('../../activities/compose-stand-in.ts')
  const { loadTruth } = await import('../../infra/gemini-simulator/truth.ts')
  const { images } = await loadTruth([demoTruth])
  const labels = new Map(images.map(({ sha256, size, objects }) => [sha256, { size, objects }]))
  const review = composeStandIn(settings, project)
  return async () => {
    const answered = await review({
      signal,
      onProgress: (done, open) => output.progress(`stand-in reviewer: ${done} of ${open} tasks`),
      truth: ({ image }) => {
        const found = labels.get(image)
        if (found === undefined) return null
        const boxes = found.objects.map((object) => ({ class: object.class, xyxy: object.xyxy, score: null }))
        return { size: found.size, boxes }
      },
    })
    return answered?.submitted ?? 0
  }
}
