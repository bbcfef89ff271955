import { afterEach, expect, test, vi } from 'vitest'
import { createTeacherClient } from '../../../../../activities/adapters/gemini/teacher-client.ts'
import { teacherOfVariables, type TeacherVariables } from '../../../../../domain/schemas/teacher-settings.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const both = { GEMINI_API_KEY: 'canary-1', GOOGLE_API_KEY: 'canary-2' }
const vertex = { GOOGLE_GENAI_USE_VERTEXAI: 'true' }

test.each<[string, TeacherVariables]>([
  ['both keys', both],
  ['a project on Vertex AI besides keys', { ...both, ...vertex, GOOGLE_CLOUD_PROJECT: 'farm' }],
  ['a key on Vertex AI', { ...vertex, GOOGLE_API_KEY: 'canary-2' }],
])('a client with %s in the environment says nothing about it, and leaves it as it was', (_, variables) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const said = (['debug', 'log', 'info', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  )
  const before = { ...process.env }
  createTeacherClient(teacherOfVariables(variables)!)
  expect(said.flatMap((spy) => spy.mock.calls)).toEqual([])
  expect(process.env).toEqual(before)
})
