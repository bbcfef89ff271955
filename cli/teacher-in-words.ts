import type { TeacherSettings } from '../domain/schemas/teacher-settings.ts'

/** Which teacher answers and what it is asked with, for people: names of variables, never a value but those of a cloud project. */
export function teacherInWords(
  teacher: TeacherSettings,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const { endpoint, keySource, vertex } = teacher
  if (endpoint === 'simulated') return 'simulated teacher'
  const isSet = (name: string): boolean => (environment[name]?.trim() ?? '') !== ''
  if (vertex !== undefined) {
    const place = vertex.project === null ? 'express mode' : `project ${vertex.project} in ${vertex.location}`
    const others = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'].filter((name) => name !== keySource && isSet(name))
    return `Vertex AI, ${place}, with ${keySource}${unused(others)}${at('GOOGLE_VERTEX_BASE_URL', teacher)}`
  }
  const other = keySource === 'GEMINI_API_KEY' ? ['GOOGLE_API_KEY'].filter(isSet) : []
  return `key from ${keySource}${unused(other)}${at('GOOGLE_GEMINI_BASE_URL', teacher)}`
}

const unused = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` (${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} set too, not used)`

const at = (variable: string, { endpoint }: TeacherSettings): string =>
  endpoint === 'custom' ? `, at ${variable}` : ''
