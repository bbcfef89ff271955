import type { ImageSize } from './box.ts'
import type { Point } from './polygon.ts'

type Vector = readonly [x: number, y: number, z: number]

/**
 * A box in space as Gemini tells it: metres in the frame of the camera, x to the right, y forward, z up; degrees about these
 * axes. How far things are apart is the model's guess.
 */
export interface Box3d {
  readonly centre: Vector
  readonly size: Vector
  /** Roll about x, then pitch about y, then yaw about z. */
  readonly rotation: Vector
}

export type Edge = readonly [Point, Point]

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Rotation about x, then y, then z: what Google's viewer writes as a quaternion. */
function rotate([x, y, z]: Vector, rotation: Vector): Vector {
  const [roll, pitch, yaw] = rotation.map(radians)
  const [sr, cr] = [Math.sin(roll ?? 0), Math.cos(roll ?? 0)]
  const [sp, cp] = [Math.sin(pitch ?? 0), Math.cos(pitch ?? 0)]
  const [sy, cy] = [Math.sin(yaw ?? 0), Math.cos(yaw ?? 0)]
  const [y1, z1] = [y * cr - z * sr, y * sr + z * cr]
  const [x2, z2] = [x * cp + z1 * sp, -x * sp + z1 * cp]
  return [x2 * cy - y1 * sy, x2 * sy + y1 * cy, z2]
}

/** Corners by the signs of x, y and z in the bits of their index. */
export const cornersOf = ({ centre, size, rotation }: Box3d): Vector[] =>
  Array.from({ length: 8 }, (_, index) => {
    const at = (axis: 0 | 1 | 2): number => (size[axis] / 2) * ((index >> axis) & 1 ? 1 : -1)
    const [x, y, z] = rotate([at(0), at(1), at(2)], rotation)
    return [centre[0] + x, centre[1] + y, centre[2] + z]
  })

/** Nearer than this nothing is drawn, metres: what lies behind the camera has no place in the picture. */
const nearest = 0.01

/**
 * The edges of a box in pixels of a picture, as Google's viewer projects them: a pinhole camera that looks forward, with an
 * assumed horizontal field of view. Edges that reach behind the camera are left out.
 * @param fieldOfView degrees
 */
export function projectEdges(box: Box3d, { width, height }: ImageSize, fieldOfView: number): Edge[] {
  const focal = width / (2 * Math.tan(radians(fieldOfView) / 2))
  const points = cornersOf(box).map(([x, depth, z]): Point | null =>
    depth < nearest ? null : [width / 2 + (focal * x) / depth, height / 2 - (focal * z) / depth],
  )
  return points.flatMap((from, index) =>
    [1, 2, 4].flatMap((bit): Edge[] => {
      const to = index & bit ? null : points[index | bit]
      return from === null || to === null || to === undefined ? [] : [[from, to]]
    }),
  )
}
