import { z } from 'zod'
import { teacherEndpoints } from '../teacher-endpoints.ts'

/** How the teacher is reached. Holds a secret. */
export const TeacherSettings = z.object({
  endpoint: z.enum(teacherEndpoints),
  /** Null: the vendor's own. */
  baseUrl: z.url().nullable(),
  /** Null: Vertex AI with the Application Default Credentials of Google Cloud. */
  apiKey: z.string().min(1).nullable(),
  /** Name of the variable the key came from, or what stands in for one; said to people, unlike the key. */
  keySource: z.string(),
  /** Set: it is asked through Vertex AI. */
  vertex: z
    .object({
      /** Null: express mode, with a key. */
      project: z.string().nullable(),
      location: z.string().nullable(),
      /** Null: wherever Google's libraries look for credentials. */
      credentialsFile: z.string().nullable(),
    })
    .optional(),
})
export type TeacherSettings = z.infer<typeof TeacherSettings>

const optionalText = z.string().trim().min(1).optional()

/** The variables that name a teacher; as Google's own libraries know them, save for the order of the keys. */
export const teacherVariables = z.object({
  GEMINI_API_KEY: optionalText,
  GOOGLE_API_KEY: optionalText,
  GOOGLE_GEMINI_BASE_URL: z.url().optional(),
  /** `true` or `1`: through Vertex AI. */
  GOOGLE_GENAI_USE_VERTEXAI: optionalText,
  GOOGLE_CLOUD_PROJECT: optionalText,
  GOOGLE_CLOUD_LOCATION: optionalText,
  GOOGLE_APPLICATION_CREDENTIALS: optionalText,
  GOOGLE_VERTEX_BASE_URL: z.url().optional(),
})
export type TeacherVariables = z.infer<typeof teacherVariables>

const wantsVertex = ({ GOOGLE_GENAI_USE_VERTEXAI: wish }: TeacherVariables): boolean =>
  wish !== undefined && ['true', '1'].includes(wish.toLowerCase())

/** True when Vertex AI is wished for and nothing says how to get in. */
export const lacksVertexAccess = (variables: TeacherVariables): boolean =>
  wantsVertex(variables) &&
  variables.GOOGLE_CLOUD_PROJECT === undefined &&
  variables.GOOGLE_API_KEY === undefined

/**
 * The teacher that variables name; null for none. GEMINI_API_KEY goes before GOOGLE_API_KEY. On Vertex AI a project goes
 * before a key, as with Google's libraries, and a key is GOOGLE_API_KEY: one for the Gemini API is refused there.
 */
export function teacherOfVariables(variables: TeacherVariables): TeacherSettings | null {
  const { GEMINI_API_KEY: geminiKey, GOOGLE_API_KEY: googleKey } = variables
  if (wantsVertex(variables)) return vertexTeacher(variables)
  const baseUrl = variables.GOOGLE_GEMINI_BASE_URL ?? null
  const apiKey = geminiKey ?? googleKey
  if (apiKey === undefined) return null
  const keySource = geminiKey === undefined ? 'GOOGLE_API_KEY' : 'GEMINI_API_KEY'
  return { endpoint: baseUrl === null ? 'google' : 'custom', baseUrl, apiKey, keySource }
}

function vertexTeacher(variables: TeacherVariables): TeacherSettings | null {
  const { GOOGLE_API_KEY: apiKey, GOOGLE_CLOUD_PROJECT: project } = variables
  const baseUrl = variables.GOOGLE_VERTEX_BASE_URL ?? null
  const endpoint = baseUrl === null ? 'vertex' : 'custom'
  if (project !== undefined) {
    const credentialsFile = variables.GOOGLE_APPLICATION_CREDENTIALS ?? null
    const location = variables.GOOGLE_CLOUD_LOCATION ?? 'global'
    const keySource =
      credentialsFile === null ? 'Application Default Credentials' : 'GOOGLE_APPLICATION_CREDENTIALS'
    return { endpoint, baseUrl, apiKey: null, keySource, vertex: { project, location, credentialsFile } }
  }
  if (apiKey === undefined) return null
  const vertex = { project: null, location: null, credentialsFile: null }
  return { endpoint, baseUrl, apiKey, keySource: 'GOOGLE_API_KEY', vertex }
}

/** The variables that {@link teacherOfVariables} makes the same of. Holds the key. */
export function variablesOfTeacher(teacher: TeacherSettings): Record<string, string> {
  const { baseUrl, apiKey, keySource, vertex } = teacher
  const address = vertex === undefined ? 'GOOGLE_GEMINI_BASE_URL' : 'GOOGLE_VERTEX_BASE_URL'
  const named: Readonly<Record<string, string | null | undefined>> = {
    [address]: baseUrl,
    GOOGLE_CLOUD_PROJECT: vertex?.project,
    GOOGLE_CLOUD_LOCATION: vertex?.location,
    GOOGLE_APPLICATION_CREDENTIALS: vertex?.credentialsFile,
    ...(vertex === undefined ? {} : { GOOGLE_GENAI_USE_VERTEXAI: 'true' }),
    ...(teacher.endpoint === 'simulated' || apiKey === null ? {} : { [keySource]: apiKey }),
  }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
  )
}
