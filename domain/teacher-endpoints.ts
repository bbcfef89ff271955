/** Who a teacher is: Google's Gemini API, Vertex AI, our simulator, or another address for one of their protocols. */
export const teacherEndpoints = ['google', 'vertex', 'simulated', 'custom'] as const
export type TeacherEndpoint = (typeof teacherEndpoints)[number]
