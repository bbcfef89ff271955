/** What the SDK reads by itself when it is made: it says on standard output and error what it makes of them, which is not what we do. */
const read = [
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'GOOGLE_CLOUD_PROJECT',
  'GOOGLE_CLOUD_LOCATION',
  'GOOGLE_GENAI_USE_VERTEXAI',
  'GOOGLE_GENAI_USE_ENTERPRISE',
  'GOOGLE_GENAI_API_VERSION',
  'GOOGLE_GEMINI_BASE_URL',
  'GOOGLE_VERTEX_BASE_URL',
]

/** Runs `make` with these variables out of sight; it must not wait, because nobody else may see them missing. */
export function withoutVariables<T>(make: () => T, environment: NodeJS.ProcessEnv = process.env): T {
  const kept = read.map((name) => [name, environment[name]] as const)
  for (const name of read) delete environment[name]
  try {
    return make()
  } finally {
    for (const [name, value] of kept) if (value !== undefined) environment[name] = value
  }
}
