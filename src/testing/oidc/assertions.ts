import { fromBase64url, utf8 } from '../server/encoding.js'
import { parseObject } from '../server/json.js'
import type { Jwk } from '../server/jwk.js'
import { type Call, refuse, type ServerContext } from './context.js'
import type { OidcClientSeed } from './types.js'

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The algorithms that a client may sign by (RFC 7518 §3.1), as the web's crypto calls them. */
const ALGORITHMS: Readonly<
  Record<string, RsaHashedImportParams & EcKeyImportParams & EcdsaParams>
> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', namedCurve: '' },
  ES256: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
}

const decode = (part: string): Readonly<Record<string, unknown>> => {
  const bytes = fromBase64url(part)
  return (bytes && parseObject(new TextDecoder().decode(bytes))) ?? {}
}

/** Whether the key of a client has signed a text. */
async function isSigned(assertion: string, key: Jwk): Promise<boolean> {
  const [head = '', body = '', mark = ''] = assertion.split('.')
  const signature = fromBase64url(mark)
  const algorithm = ALGORITHMS[String(decode(head).alg)]
  if (!signature || !algorithm) return false
  const { kty, n, e, crv, x, y } = key
  const jwk = Object.fromEntries(
    Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined),
  )
  const known = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
  return crypto.subtle.verify(algorithm, known, signature, utf8(`${head}.${body}`))
}

/**
 * The client that says who it is by a signed text (RFC 7523 §3): it is about itself, for this server, alive
 * and never seen before. `null` where there is no such text. @throws OidcRefusal
 */
export async function assertingClient(
  context: ServerContext,
  { form, url }: Call,
): Promise<OidcClientSeed | null> {
  const assertion = form?.get('client_assertion')
  if (assertion === undefined || form?.get('client_assertion_type') !== ASSERTION) return null
  const { iss, sub, aud, exp, jti } = decode(assertion.split('.')[1] ?? '')
  const client = context.clients.get(String(sub))
  if (!client?.publicKey) return refuse(context, 'unknown-client')
  const { issuer, assertions } = context
  const tokenEndpoint = `${url.origin}${url.pathname}`
  const isFresh = typeof jti === 'string' && !assertions.has(jti)
  const isAlive = typeof exp === 'number' && exp * 1000 > context.now()
  const isMeant = iss === sub && (aud === issuer || aud === tokenEndpoint)
  if (!isFresh || !isAlive || !isMeant || !(await isSigned(assertion, client.publicKey))) {
    return refuse(context, 'wrong-secret')
  }
  assertions.add(jti)
  return client
}
