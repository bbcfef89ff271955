import { agreeingBoxes } from './sample-agreement.ts'
import type { ImageSize, LabelledBox } from './box.ts'
import { mergeTiles } from './merge-tiles.ts'
import { tileCount, tilesOf } from './tiles.ts'

/** One call of those that a draft takes: a question about a tile, asked for the nth time. All count from 0. */
export interface DraftPart {
  readonly question: number
  /** Place in `tilesOf`; 0 is the whole image. */
  readonly tile: number
  readonly sample: number
}

/** What a draft is made of. */
export interface DraftShape {
  /** How many questions are asked about an image. */
  readonly questions: number
  /** Tiles a side; 1: the image as a whole. */
  readonly tiles: number
  /** How often each question is asked. */
  readonly samples: number
}

/** Every call of a draft, in the order of their numbers from 0. */
export function draftParts({ questions, tiles, samples }: DraftShape): DraftPart[] {
  const parts: DraftPart[] = []
  for (let question = 0; question < questions; question += 1) {
    for (let tile = 0; tile < tileCount(tiles); tile += 1) {
      for (let sample = 0; sample < samples; sample += 1) parts.push({ question, tile, sample })
    }
  }
  return parts
}

export interface AnsweredPart extends DraftPart {
  /** False: the teacher refused. */
  readonly answered: boolean
  /** In pixels of the whole image. */
  readonly boxes: readonly LabelledBox[]
}

/** The boxes of a draft out of those of its parts: samples agree first, then tiles are merged, question by question. */
export function combineParts(
  parts: readonly AnsweredPart[],
  { questions, tiles }: DraftShape,
  size: ImageSize,
): LabelledBox[] {
  const places = tilesOf(size, tiles)
  return Array.from({ length: questions }, (_, question) => {
    const findings = places.map((tile, index) => {
      const samples = parts.filter(
        (part) => part.question === question && part.tile === index && part.answered,
      )
      return { tile, boxes: agreeingBoxes(samples.map(({ boxes }) => boxes)) }
    })
    return findings.length === 1 ? (findings[0]?.boxes ?? []) : mergeTiles(findings, size)
  }).flat()
}
