import type { ServerResponse } from 'node:http'
import type { TransportFault } from './fault-script.ts'
import { sendError } from './http.ts'
import { invalidKey, quotaExceeded, serverError, suspendedKey } from './vendor-error.ts'

const badGateway = '<html><head><title>502 Server Error</title></head><body>Bad Gateway</body></html>'

/** Plays a fault that the model never hears of. */
export function playTransportFault(
  fault: TransportFault,
  response: ServerResponse,
  { model, key }: { readonly model: string; readonly key: string },
): void {
  switch (fault.kind) {
    case 'rate-limit': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }
      const refusal = quotaExceeded(model, 'Minute', fault.retryInfoSeconds ?? null, fault.quota)
      return sendError(response, refusal, headers, fault.body)
    }
    case 'daily-quota':
      return sendError(response, quotaExceeded(model, 'Day', null))
    case 'status':
      return sendError(response, serverError(fault.code))
    case 'html-502':
      response.writeHead(502, { 'content-type': 'text/html' }).end(badGateway)
      return
    case 'invalid-key':
      return sendError(response, invalidKey())
    case 'suspended-key':
      return sendError(response, suspendedKey(key))
    case 'reset':
      response.socket?.destroy()
      return
    case 'hang':
      return
  }
}
