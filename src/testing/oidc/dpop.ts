import { base64url, fromBase64url, sha256, utf8 } from '../server/encoding.js'
import { type Fields, parseObject } from '../server/json.js'
import { type Call, OidcRefusal, type ServerContext } from './context.js'
import type { ProofFault, Refusal } from './manners/manners.js'
import { refusal } from './manners/manners.js'
import type { OidcSession } from './sessions.js'
import type { OidcProofRules } from './types.js'

/** In the words of oidc-provider 9.13 (`validate_dpop.js`), which are those of RFC 9449. */
const WORDS: Readonly<Record<ProofFault, Refusal>> = {
  missing: refusal(400, 'invalid_grant', 'grant request is invalid'),
  unproved: refusal(400, 'invalid_grant', 'grant request is invalid'),
  'other-key': refusal(400, 'invalid_grant', 'grant request is invalid'),
  replayed: refusal(400, 'invalid_grant', 'grant request is invalid'),
  old: refusal(400, 'invalid_dpop_proof', 'DPoP proof iat is not recent enough'),
  htm: refusal(400, 'invalid_dpop_proof', 'DPoP proof htm mismatch'),
  htu: refusal(400, 'invalid_dpop_proof', 'DPoP proof htu mismatch'),
  ath: refusal(400, 'invalid_dpop_proof', 'DPoP proof ath mismatch'),
  forged: refusal(400, 'invalid_dpop_proof', 'invalid DPoP key binding'),
  'no-nonce': refusal(400, 'use_dpop_nonce', 'nonce is required in the DPoP proof'),
  'stale-nonce': refusal(400, 'use_dpop_nonce', 'invalid nonce in DPoP proof'),
  'old-without-nonce': refusal(
    400,
    'use_dpop_nonce',
    'DPoP proof iat is not recent enough, use a DPoP nonce instead',
  ),
  'needless-nonce': refusal(400, 'invalid_dpop_proof', 'DPoP nonces are not supported'),
}

/** How long ago a nonce may have been the newest, counted in nonces. */
const TAKEN = 1

/** Where a proof is shown. */
type Place = 'token' | 'resources'

/** @throws OidcRefusal in the words of the server; an API's is a challenge (RFC 9449 §7.1). */
export function refuseProof({ manners }: ServerContext, fault: ProofFault, place: Place): never {
  const { error, description, status } = manners.proofs?.[fault] ?? WORDS[fault]
  if (place === 'token') throw new OidcRefusal({ status, error, description })
  const [word, said] =
    error === 'invalid_grant' ? ['invalid_token', 'invalid token provided'] : [error, description]
  const challenge = `DPoP error="${word}", error_description="${said}", algs="ES256"`
  const headers = { 'www-authenticate': challenge }
  throw new OidcRefusal({ status: 401, error: word, description: said, headers })
}

const objectIn = (part: string): Fields =>
  parseObject(new TextDecoder().decode(fromBase64url(part) ?? new Uint8Array())) ?? {}

/** The claims and the key of a proof that is genuine; `null` for any other text. */
async function read(
  proof: string,
): Promise<{ readonly claims: Fields; readonly jkt: string } | null> {
  const [head = '', body = '', mark = ''] = proof.split('.')
  const { typ, alg, jwk } = objectIn(head)
  const { kty, crv, x, y, d } = { ...Object(jwk) }
  const signature = fromBase64url(mark)
  if (typ !== 'dpop+jwt' || alg !== 'ES256' || d !== undefined || !signature) return null
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = await crypto.subtle
    .importKey('jwk', { kty, crv, x, y }, algorithm, false, ['verify'])
    .catch(() => null)
  const text = utf8(`${head}.${body}`)
  if (!key || !(await crypto.subtle.verify(algorithm, key, signature, text))) return null
  const jkt = base64url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))))
  return { claims: objectIn(body), jkt }
}

/** Whether answers of a place bring nonces. */
const givesNonces = (nonces: OidcProofRules['nonces'], place: Place): boolean =>
  nonces === 'everywhere' || nonces === 'offered' || nonces === place

/** What is wrong with the nonce or, where there is none, with the time of a proof. */
function staleness(context: ServerContext, claims: Fields, place: Place): ProofFault | null {
  const { proofs, manners, now } = context
  const { nonces = 'nowhere', tolerance = 300_000 } = context.options.dpop ?? {}
  const { nonce, iat } = claims
  if (nonce !== undefined && givesNonces(nonces, place)) {
    const taken = Array.from({ length: TAKEN + 1 }, (_, age) => proofs.nonce(age))
    return taken.includes(String(nonce)) ? null : 'stale-nonce'
  }
  if (nonces === 'everywhere' || nonces === place) return 'no-nonce'
  if (nonce !== undefined && nonces === 'nowhere' && !manners.ignoresNonces) return 'needless-nonce'
  if (typeof iat === 'number' && Math.abs(now() - iat * 1000) <= tolerance) return null
  return nonces === 'offered' ? 'old-without-nonce' : 'old'
}

async function faultOf(
  context: ServerContext,
  { request, url }: Call,
  shown: { readonly claims: Fields; readonly place: Place; readonly token: string | undefined },
): Promise<ProofFault | null> {
  const { claims, place, token } = shown
  if (claims.htm !== request.method) return 'htm'
  if (claims.htu !== url.origin + url.pathname) return 'htu'
  const ath = token === undefined ? undefined : base64url(await sha256(utf8(token)))
  if (claims.ath !== ath) return 'ath'
  const stale = staleness(context, claims, place)
  if (stale) return stale
  const jti = `${claims.jti}`
  if (!claims.jti || context.proofs.seen.has(jti)) return 'replayed'
  context.proofs.seen.add(jti)
  return null
}

/**
 * The thumbprint of the key that a request proves to have; `null` for one without a proof, or to a
 * server that takes none. `token`: the access token it carries. @throws OidcRefusal
 */
export async function proofOf(
  context: ServerContext,
  call: Call,
  token?: string,
): Promise<string | null> {
  const place = token === undefined ? 'token' : 'resources'
  const proof = call.request.headers.get('dpop')
  const { dpop } = context.options
  if (proof === null || !dpop) return null
  const known = await read(proof)
  if (!known) return refuseProof(context, 'forged', place)
  const { claims, jkt } = known
  if (givesNonces(dpop.nonces, place)) {
    const newest = context.proofs.nonce(0)
    if (claims.nonce !== newest) call.reply.set('dpop-nonce', newest)
  }
  const fault = await faultOf(context, call, { claims, place, token })
  return fault ? refuseProof(context, fault, place) : jkt
}

/** Whose session a request to an API carries, with its proof where one is due. @throws OidcRefusal */
export async function sessionOf(context: ServerContext, call: Call): Promise<OidcSession | null> {
  const { headers } = call.request
  const [scheme = '', token = ''] = (headers.get('authorization') ?? '').split(' ')
  const isDpop = scheme.toLowerCase() === 'dpop'
  // In the words of oidc-provider 9.13 (`oidc_context.js`).
  if (isDpop && !headers.has('dpop')) {
    throw new OidcRefusal(refusal(400, 'invalid_request', '`DPoP` header not provided'))
  }
  const jkt = await proofOf(context, call, token)
  const { boundAsBearer } = context.manners
  if (!isDpop && boundAsBearer && context.sessions.isBound(token)) {
    throw new OidcRefusal(boundAsBearer)
  }
  const found = context.sessions.find(token)
  if (!found) return null
  const bound = found.jkt !== null
  if (bound && (!isDpop || jkt !== found.jkt)) {
    return refuseProof(context, 'other-key', 'resources')
  }
  return bound || scheme.toLowerCase() === 'bearer' ? found.session : null
}

/** Refuses a request without a token that works, by the scheme that it came with. @throws OidcRefusal */
export function refuseAccess({ manners }: ServerContext, { request }: Call): never {
  const { userinfo } = manners.refusals
  const challenge = userinfo.headers?.['www-authenticate']
  if (!challenge || !request.headers.has('dpop')) throw new OidcRefusal(userinfo)
  const headers = { ...userinfo.headers, 'www-authenticate': challenge.replace('Bearer', 'DPoP') }
  throw new OidcRefusal({ ...userinfo, headers })
}
