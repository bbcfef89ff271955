import { xyxyToBox2d } from '../../domain/formats/gemini/box-2d.ts'
import { seededRandom } from '../../domain/seeded-random.ts'
import { textTokens, thoughtTokens, tokensPerImage, type Detection } from './answer.ts'
import { drawLikeTeacher, type TypicalSides } from './error-profile.ts'
import { ellipseMask, ellipsePolygon } from './outlines.ts'
import type { ReplyContext } from './reply.ts'
import { profiles, type ProfileName } from './profiles.ts'
import { wordsFor, type AskedFor } from './request-body.ts'
import type { Truth, TruthImage } from './truth.ts'

/** Draws for an image as the profile says. The same image, seed and profile give the same boxes, whatever was asked before. */
export async function answerFor(
  image: TruthImage,
  asked: AskedFor,
  options: {
    readonly truth: Truth
    readonly profile: ProfileName
    readonly seed: string
    readonly model: string
  },
): Promise<ReplyContext> {
  const { truth, profile, seed, model } = options
  const shown = `${image.sha256}${image.view === undefined ? '' : ` ${image.view.name}`}`
  const random = seededRandom(`${seed} ${asked.seed ?? ''} ${shown}`)
  // An image is as hard the second time it is asked about as the first: only the slips differ.
  const hardness = asked.seed === null ? random : seededRandom(`${seed}  ${shown}`)
  const typical = enlarged(truth.typicalSides, image.view?.enlarged ?? 1)
  const drawn = drawLikeTeacher(image.objects, image.size, typical, profiles[profile], random, hardness)
  const words = wordsFor(truth.classes, asked)
  const mask = asked.outlines === 'masks' ? await ellipseMask() : undefined
  const detections: Detection[] = []
  for (const { class: name, xyxy } of drawn) {
    const label = words.get(name)
    if (label === undefined) continue
    detections.push({
      box_2d: xyxyToBox2d(xyxy, image.size),
      ...(mask === undefined ? {} : { mask }),
      label,
      ...(asked.outlines === 'polygons' ? { polygon: ellipsePolygon(xyxy, image.size) } : {}),
    })
  }
  return {
    model,
    detections,
    isSchemaEnforced: asked.isSchemaEnforced,
    maxOutputTokens: asked.maxOutputTokens,
    usage: {
      imageTokens: tokensPerImage(asked.mediaResolution),
      textTokens: textTokens(asked.text),
      thoughtTokens: thoughtTokens(asked.thinkingLevel, asked.thinkingBudget, random),
    },
  }
}

/** Usual sizes in a tile, where everything is larger against the picture. */
const enlarged = (sides: TypicalSides, by: number): TypicalSides =>
  new Map([...sides].map(([name, side]) => [name, side * by]))
