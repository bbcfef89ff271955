import type { ImageSize, LabelledBox } from '../domain/box.ts'
import { readGeminiReply } from '../domain/formats/gemini/read-reply.ts'
import { isLoss, type GeminiFault } from '../domain/formats/gemini/types.ts'
import { createClassTable, type ClassTable } from '../domain/ontology.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { outlineMasks } from './outline-masks.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'
import type { TeacherReply } from './roles/drafter.ts'
import { questionsOf } from './teacher-prompt.ts'

export type DraftReading =
  | {
      readonly status: 'ok' | 'partial' | 'blocked'
      readonly boxes: readonly LabelledBox[]
      readonly faults: readonly GeminiFault[]
      readonly blockReason: string | null
    }
  | { readonly status: 'unreadable'; readonly reason: string }

/**
 * What of a reply goes into a draft: a block is one without boxes; a reply without anything readable is none. Boxes are in
 * pixels of a picture of `size`, with outlines where the task asks for them.
 */
export async function readDraft(
  reply: TeacherReply,
  { config, question, size }: { config: ProjectConfig; question: number; size: ImageSize },
  decodeMask: DecodeMask,
): Promise<DraftReading> {
  switch (reply.kind) {
    case 'unusable':
      return { status: 'unreadable', reason: reply.reason }
    case 'blocked':
      return { status: 'blocked', boxes: [], faults: [], blockReason: reply.reason }
    case 'text': {
      const withOutlines = config.task === 'segment'
      const reading = readGeminiReply(reply, classTable(config, question), size, { withOutlines })
      if (reading.status === 'unreadable') return { status: 'unreadable', reason: reading.reason }
      const outlined = await outlineMasks(reading.boxes, decodeMask)
      const status = outlined.faults.some(isLoss) ? 'partial' : reading.status
      const faults = [...reading.faults, ...outlined.faults]
      return { status, boxes: outlined.boxes, faults, blockReason: null }
    }
  }
}

/** Whatever the teacher calls what it found for open words, it is of their class. */
function classTable(config: ProjectConfig, question: number): ClassTable {
  const asked = questionsOf(config)[question]
  if (asked?.kind !== 'open') return createClassTable(config.classes)
  const { name } = asked.asked
  return { names: [name], find: () => name }
}
