/** An error as Google's servers answer it: an HTTP status with a google.rpc.Status in JSON. */
export interface VendorError {
  readonly code: number
  readonly status: string
  readonly message: string
  readonly details?: readonly Readonly<Record<string, unknown>>[]
}

/** Thrown by a route to be answered as it is. */
export class VendorRefusal extends Error {
  override readonly name = 'VendorRefusal'
  readonly vendor: VendorError

  constructor(vendor: VendorError) {
    super(vendor.message)
    this.vendor = vendor
  }
}

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`

export const invalidArgument = (message: string): VendorError => ({
  code: 400,
  status: 'INVALID_ARGUMENT',
  message,
})

export const failedPrecondition = (message: string): VendorError => ({
  code: 400,
  status: 'FAILED_PRECONDITION',
  message,
})

/** As Google answers a file that is gone, or somebody else's. */
export const fileNotThere = (name: string): VendorError => ({
  code: 403,
  status: 'PERMISSION_DENIED',
  message: `You do not have permission to access the File ${name.replace('files/', '')} or it may not exist.`,
})

export const notFound = (message: string): VendorError => ({ code: 404, status: 'NOT_FOUND', message })

/** Ours: a picture without published labels. Real Gemini answers anything, the simulator invents nothing. */
export const unknownImage = (): VendorError => ({
  ...notFound('The simulated teacher has no published labels for this image, so it cannot answer for it.'),
  details: [{ '@type': type('ErrorInfo'), reason: 'IMAGE_UNKNOWN', domain: 'understudy.simulator' }],
})

export const missingKey = (): VendorError => ({
  code: 403,
  status: 'PERMISSION_DENIED',
  message:
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
})

/** As Google answers a wrong key. */
export const invalidKey = (): VendorError => ({
  ...invalidArgument('API key not valid. Please pass a valid API key.'),
  details: [{ '@type': type('ErrorInfo'), reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
})

/** As Google answers a suspended key: it quotes the key. */
export const suspendedKey = (key: string): VendorError => ({
  code: 403,
  status: 'PERMISSION_DENIED',
  message: `Permission denied: Consumer 'api_key:${key}' has been suspended.`,
  details: [{ '@type': type('ErrorInfo'), reason: 'CONSUMER_SUSPENDED', domain: 'googleapis.com' }],
})

/** A quota refusal. `retryDelaySeconds` null leaves the hint out, as the real server often does. */
export function quotaExceeded(
  model: string,
  per: 'Minute' | 'Day',
  retryDelaySeconds: number | null,
  of: 'requests' | 'input-tokens' = 'requests',
): VendorError {
  const [metric, quotaId] =
    of === 'requests'
      ? ['requests', `GenerateRequestsPer${per}PerProjectPerModel-FreeTier`]
      : ['input_token_count', `GenerateContentInputTokensPerModelPer${per}-FreeTier`]
  const quotaFailure = {
    '@type': type('QuotaFailure'),
    violations: [
      {
        quotaMetric: `generativelanguage.googleapis.com/generate_content_free_tier_${metric}`,
        quotaId,
        quotaDimensions: { location: 'global', model },
      },
    ],
  }
  const retryInfo = { '@type': type('RetryInfo'), retryDelay: `${retryDelaySeconds}s` }
  return {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: retryDelaySeconds === null ? [quotaFailure] : [quotaFailure, retryInfo],
  }
}

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  408: 'CANCELLED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

export const serverError = (code: number): VendorError => ({
  code,
  status: statusNames[code] ?? 'UNKNOWN',
  message:
    code === 503 ? 'The model is overloaded. Please try again later.' : 'An internal error has occurred.',
})
