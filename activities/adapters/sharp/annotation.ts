import type { Xyxy } from '../../../domain/box.ts'
import type { Point, Polygon } from '../../../domain/polygon.ts'

/** Something to draw on a picture, in its pixels. */
export type Annotation = {
  readonly label: string
  /** `#rrggbb` */
  readonly colour: string
} & (
  | { readonly xyxy: Xyxy; readonly polygons?: readonly Polygon[] | undefined }
  /** A spot with its number beside it. */
  | { readonly xy: Point }
  /** Edges of a solid. */
  | { readonly edges: readonly (readonly [Point, Point])[] }
)

/** The annotation on a picture that is scaled. */
export function scaled(annotation: Annotation, by: number): Annotation {
  const at = ([x, y]: Point): Point => [x * by, y * by]
  if ('xy' in annotation) return { ...annotation, xy: at(annotation.xy) }
  if ('edges' in annotation)
    return { ...annotation, edges: annotation.edges.map(([from, to]) => [at(from), at(to)]) }
  const [x1, y1, x2, y2] = annotation.xyxy
  return {
    ...annotation,
    xyxy: [x1 * by, y1 * by, x2 * by, y2 * by],
    polygons: annotation.polygons?.map((ring) => ring.map(at)),
  }
}

/** Where its tag is put: above the left end of this. */
export function anchorOf(annotation: Annotation): Point {
  if ('xy' in annotation) return annotation.xy
  if (!('edges' in annotation)) return [annotation.xyxy[0], annotation.xyxy[1]]
  const points = annotation.edges.flat()
  return [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))]
}
