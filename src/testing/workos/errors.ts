import { type Fields, json } from '../server/json.js'

/** A refusal in WorkOS's words. */
export class WorkOSRefusal extends Error {
  readonly status: number
  readonly body: Fields

  constructor(status: number, body: Fields) {
    super(`WorkOS refuses with ${status}.`)
    this.status = status
    this.body = body
  }
}

/** Refuses with any body. */
export function refuse(status: number, body: Fields): never {
  throw new WorkOSRefusal(status, body)
}

/** Refuses in the envelope of OAuth. */
export function refuseOAuth(error: string, description: string, extra: Fields = {}): never {
  return refuse(400, { error, error_description: description, ...extra })
}

/** Refuses in the envelope of the API. */
export function refuseCode(
  status: number,
  { code, message, ...extra }: Fields & { readonly code: string; readonly message: string },
): never {
  return refuse(status, { code, message, ...extra })
}

/** The one refusal that ends a session. */
export function refuseGrant(description: string): never {
  return refuseOAuth('invalid_grant', description)
}

/** Refuses whoever has not shown an API key; the client whose key it is. */
export function requireKey<Client extends { readonly apiKey: string }>(
  { clients }: { readonly clients: ReadonlyMap<string, Client> },
  { headers }: Request,
): Client {
  const [, key] = /^bearer (.+)$/i.exec(headers.get('authorization') ?? '') ?? []
  const client = [...clients.values()].find(({ apiKey }) => apiKey === key)
  return client ?? refuse(401, { message: 'Unauthorized' })
}

/** What the API says when it is asked too often. */
export const tooManyRequests = (): Response =>
  json(429, {
    error: 'too_many_requests',
    error_description: 'Could not process refresh token. Please retry.',
  })
