import { xyxyToBox2d } from '../../domain/formats/gemini/box-2d.ts'
import { seededRandom } from '../../domain/seeded-random.ts'
import { textTokens, thoughtTokens, tokensPerImage, type Detection } from './answer.ts'
import { drawLikeTeacher } from './error-profile.ts'
import type { ReplyContext } from './reply.ts'
import { profiles, type ProfileName } from './profiles.ts'
import { wordsFor, type AskedFor } from './request-body.ts'
import type { Truth, TruthImage } from './truth.ts'

/** Draws for an image as the profile says. The same image, seed and profile give the same boxes, whatever was asked before. */
export function answerFor(
  image: TruthImage,
  asked: AskedFor,
  options: {
    readonly truth: Truth
    readonly profile: ProfileName
    readonly seed: string
    readonly model: string
  },
): ReplyContext {
  const { truth, profile, seed, model } = options
  const random = seededRandom(`${seed} ${asked.seed ?? ''} ${image.sha256}`)
  const drawn = drawLikeTeacher(image.objects, image.size, truth.typicalSides, profiles[profile], random)
  const words = wordsFor(truth.classes, asked.labels)
  const detections: Detection[] = []
  for (const { class: name, xyxy } of drawn) {
    const label = words.get(name)
    if (label !== undefined) detections.push({ box_2d: xyxyToBox2d(xyxy, image.size), label })
  }
  return {
    model,
    detections,
    isSchemaEnforced: asked.labels !== null,
    maxOutputTokens: asked.maxOutputTokens,
    usage: {
      imageTokens: tokensPerImage,
      textTokens: textTokens(asked.text),
      thoughtTokens: thoughtTokens(asked.thinkingLevel, asked.thinkingBudget, random),
    },
  }
}
