import { expect, test } from 'vitest'
import { teacherInWords } from '../../../cli/teacher-in-words.ts'
import { teacherOfVariables, type TeacherVariables } from '../../../domain/schemas/teacher-settings.ts'

const both = { GEMINI_API_KEY: 'canary-1', GOOGLE_API_KEY: 'canary-2' }
const vertex = { GOOGLE_GENAI_USE_VERTEXAI: 'true' }

test.each<[string, TeacherVariables, string]>([
  ['one key', { GOOGLE_API_KEY: 'canary' }, 'key from GOOGLE_API_KEY'],
  ['both keys', both, 'key from GEMINI_API_KEY (GOOGLE_API_KEY is set too, not used)'],
  [
    'another address',
    { GEMINI_API_KEY: 'canary', GOOGLE_GEMINI_BASE_URL: 'https://a.example' },
    'key from GEMINI_API_KEY, at GOOGLE_GEMINI_BASE_URL',
  ],
  [
    'express mode',
    { ...both, ...vertex },
    'Vertex AI, express mode, with GOOGLE_API_KEY (GEMINI_API_KEY is set too, not used)',
  ],
  [
    'a project',
    { ...vertex, GOOGLE_CLOUD_PROJECT: 'farm', GOOGLE_CLOUD_LOCATION: 'europe-west4' },
    'Vertex AI, project farm in europe-west4, with Application Default Credentials',
  ],
])('the teacher of %s is told with where its key came from and never with the key', (_, variables, words) => {
  expect(teacherInWords(teacherOfVariables(variables)!, variables)).toBe(words)
})
