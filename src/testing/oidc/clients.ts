import { type Call, refuse, type ServerContext } from './context.js'
import type { OidcClientSeed } from './types.js'

/** What `Authorization: Basic` says (RFC 6749 §2.3.1). */
function basicOf(request: Request): readonly [id: string, secret: string] | null {
  const [, encoded] = /^Basic (.+)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (!encoded) return null
  const [id = '', secret = ''] = atob(encoded).split(':').map(decodeURIComponent)
  return [id, secret]
}

/** The client that asks, which has shown its secret where it has one. @throws OidcRefusal */
export function clientOf(context: ServerContext, { request, form }: Call): OidcClientSeed {
  const [basicId, basicSecret] = basicOf(request) ?? []
  const id = basicId ?? form?.get('client_id')
  if (!id) return refuse(context, 'no-client')
  const client = context.clients.get(id)
  if (!client) return refuse(context, 'unknown-client')
  const secret = basicSecret ?? form?.get('client_secret')
  if ((client.secret ?? secret) !== secret) return refuse(context, 'wrong-secret')
  return client
}
