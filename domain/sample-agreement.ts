import type { LabelledBox, Xyxy } from './box.ts'
import { iou } from './iou.ts'

/** Overlap from which boxes of one class out of two samples are one object. */
const sameObject = 0.5

interface Cluster {
  readonly members: { readonly sample: number; readonly box: LabelledBox }[]
}

/**
 * One list out of several independent answers to the same question, with a confidence that is measured: the share of the
 * samples that saw the object. Boxes of one class join the cluster whose middle box they overlap most, at most one of a
 * sample; each edge of the result is the median of its members'. An outline is that of the member that is nearest to the
 * result. With a single sample the boxes come back as they are, without a score: one voice is no measure.
 */
export function agreeingBoxes(samples: readonly (readonly LabelledBox[])[]): LabelledBox[] {
  const [only] = samples
  if (only === undefined || samples.length === 1) return [...(only ?? [])]
  const clusters: Cluster[] = []
  samples.forEach((boxes, sample) => {
    for (const box of boxes) {
      const nearest = clusters
        .filter(
          ({ members }) => members[0]?.box.class === box.class && members.every((m) => m.sample !== sample),
        )
        .map((cluster) => ({ cluster, overlap: iou(medianBox(cluster), box.xyxy) }))
        .filter(({ overlap }) => overlap >= sameObject)
        .toSorted((a, b) => b.overlap - a.overlap)[0]
      if (nearest === undefined) clusters.push({ members: [{ sample, box }] })
      else nearest.cluster.members.push({ sample, box })
    }
  })
  return clusters.flatMap((cluster) => agreed(cluster, samples.length))
}

function agreed(cluster: Cluster, samples: number): LabelledBox[] {
  const xyxy = medianBox(cluster)
  const [nearest] = cluster.members
    .map(({ box }) => box)
    .toSorted((a, b) => iou(b.xyxy, xyxy) - iou(a.xyxy, xyxy))
  if (nearest === undefined) return []
  const score = cluster.members.length / samples
  // An outline and its box belong together: a median of outlines is none.
  return nearest.polygons === undefined
    ? [{ class: nearest.class, xyxy, score }]
    : [{ class: nearest.class, xyxy: nearest.xyxy, score, polygons: nearest.polygons }]
}

const medianBox = ({ members }: Cluster): Xyxy => {
  const edge = (at: 0 | 1 | 2 | 3): number => median(members.map(({ box }) => box.xyxy[at]))
  return [edge(0), edge(1), edge(2), edge(3)]
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
