import type { LabelledBox } from '../domain/box.ts'
import { maskToPolygons, tracingSize } from '../domain/formats/gemini/mask-to-polygons.ts'
import { withPolygons } from '../domain/formats/gemini/read-outline.ts'
import type { GeminiBox, GeminiFault } from '../domain/formats/gemini/types.ts'
import { iou } from '../domain/iou.ts'
import type { Mask } from '../domain/mask-outline.ts'
import { hull } from '../domain/polygon.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'

/** A mask fills its box by definition; one that fills less of it belongs to something else. */
const fits = 0.5

/**
 * Boxes with outlines instead of masks that are pictures. A mask that cannot be decoded, is empty or lies elsewhere costs
 * its box nothing but the outline: a fault says so.
 */
export async function outlineMasks(
  boxes: readonly GeminiBox[],
  decode: DecodeMask,
): Promise<{ readonly boxes: readonly LabelledBox[]; readonly faults: readonly GeminiFault[] }> {
  const faults: GeminiFault[] = []
  const outlined: LabelledBox[] = []
  // One after the other: the masks of a picture are small, and pictures are worked on side by side.
  for (const { maskPng, ...box } of boxes) {
    const result = maskPng === undefined ? box : await outlineOf(box, maskPng, decode)
    if (typeof result === 'string') faults.push({ kind: 'bad-outline', detail: `${box.class}: ${result}` })
    outlined.push(typeof result === 'string' ? box : result)
  }
  return { boxes: outlined, faults }
}

/** The box with its outlines, or what is wrong with the mask. */
async function outlineOf(box: LabelledBox, png: string, decode: DecodeMask): Promise<LabelledBox | string> {
  const mask = await decodedOrNull(png, box, decode)
  if (mask === null) return 'the mask is no picture'
  const polygons = maskToPolygons(mask, box.xyxy)
  if (polygons.length === 0) return 'the mask is empty'
  if (iou(hull(polygons.flat()), box.xyxy) <= fits) return 'the mask leaves most of its box empty'
  return withPolygons(box, polygons)
}

async function decodedOrNull(png: string, { xyxy }: LabelledBox, decode: DecodeMask): Promise<Mask | null> {
  try {
    return await decode(Buffer.from(png, 'base64'), tracingSize(xyxy))
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'ImageUnreadable') return null
    throw error
  }
}
