import type { HandlerContext } from '../command.ts'
import type { Project } from '../project.ts'
import { demoTruth } from './demo-project.ts'

/** Answers what is open on the board with the published labels; resolves to the number of answers. */
export type StandIn = () => Promise<number>

/**
 * The stand-in reviewer: a program in the place of people, and said so wherever its work appears. Nobody published outlines:
 * where the task is to segment, a cell is the ellipse that fills its box, as for the simulated teacher.
 */
export async function createStandIn(
  { settings, name: project, config }: Project,
  { output, signal }: Pick<HandlerContext, 'output' | 'signal'>,
): Promise<StandIn> {
  const { composeStandIn } = await import('../../activities/compose-stand-in.ts')
  const { loadTruth } = await import('../../infra/gemini-simulator/truth.ts')
  const { ellipseOutline } = await import('../../infra/gemini-simulator/outlines.ts')
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
        const boxes = found.objects.map(({ class: label, xyxy }) => ({
          class: label,
          xyxy,
          score: null,
          ...(config.task === 'segment' ? { polygons: [ellipseOutline(xyxy)] } : {}),
        }))
        return { size: found.size, boxes }
      },
    })
    return answered?.submitted ?? 0
  }
}
