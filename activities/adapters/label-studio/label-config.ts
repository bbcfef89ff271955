import { labelsOf, withRetiredLabels, withRetiredTool } from '../../../domain/formats/label-studio-config.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { BoardHttp } from './http.ts'
import { Nothing, Project } from './replies.ts'

const same = (a: string, b: string): boolean => a.trim() === b.trim()

async function isAccepted(http: BoardHttp, projectId: number, labelConfig: string): Promise<boolean> {
  try {
    const path = `/api/projects/${projectId}/validate/`
    await http.call({ method: 'POST', path, body: { label_config: labelConfig }, schema: Nothing })
    return true
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'BoardRejected') return false
    throw error
  }
}

/**
 * Brings the editor's set-up up to date. A class, or a tool, that the new one drops but that answers or drafts still name stays in the
 * editor, in grey, because removing it would orphan them: only `validate` checks that, a plain update drops it silently.
 */
export async function updateLabelConfig(http: BoardHttp, project: Project, wanted: string): Promise<void> {
  const current = project.label_config ?? ''
  if (same(current, wanted)) return
  const next = (await isAccepted(http, project.id, wanted))
    ? wanted
    : withRetiredLabels(withRetiredTool(wanted, current), labelsOf(current))
  if (same(current, next)) return
  const path = `/api/projects/${project.id}/`
  await http.call({ method: 'PATCH', path, body: { label_config: next }, schema: Project })
}
