import { assertingClient } from './assertions.js'
import { type Call, refuse, type ServerContext } from './context.js'
import type { OidcClientSeed } from './types.js'

/** What `Authorization: Basic` says (RFC 6749 §2.3.1). */
function basicOf(request: Request): readonly [id: string, secret: string] | null {
  const [, encoded] = /^Basic (.+)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (!encoded) return null
  const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
  const [id = '', secret = ''] = atob(encoded).split(':').map(decode)
  return [id, secret]
}

/** Whether a client can keep a secret, and has shown it. */
export const isConfidential = ({ secret, publicKey }: OidcClientSeed): boolean =>
  secret !== undefined || publicKey !== undefined

/** The client that asks, which has shown its secret or used its key, where it has one. @throws OidcRefusal */
export async function clientOf(context: ServerContext, call: Call): Promise<OidcClientSeed> {
  const { request, form } = call
  const asserting = await assertingClient(context, call)
  if (asserting) return asserting
  const [basicId, basicSecret] = basicOf(request) ?? []
  const id = basicId ?? form?.get('client_id')
  if (!id) return refuse(context, 'no-client')
  const client = context.clients.get(id)
  if (!client) return refuse(context, 'unknown-client')
  const secret = basicSecret ?? form?.get('client_secret')
  if (client.publicKey || (client.secret ?? secret) !== secret) {
    return refuse(context, 'wrong-secret')
  }
  return client
}
