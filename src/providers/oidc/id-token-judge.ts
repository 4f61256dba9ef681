import { AuthError } from '../../core/errors.js'
import { asObject, text, texts } from '../shared/json.js'
import { numberOf, readClaims } from '../shared/jwt.js'
import { checkOptions } from '../shared/options.js'
import { isFine } from '../shared/passing.js'
import { base64url } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import type { OidcClaims, OidcContext, OidcSend } from './types.js'

/** Options of `verifyIdToken`. */
export interface VerifyIdTokenOptions {
  /**
   * What id tokens of this client are signed with, where it was registered for that
   * (`id_token_signed_response_alg`), such as `['ES256']`. A secret's are never taken.
   * @default those that the server’s document names; RS256, where it names none
   */
  readonly algorithms?: readonly string[] | undefined
  /**
   * How far the clocks of this device and of the server may be apart, in ms: an id token that is over
   * by this device's clock, or has not begun, is then not believed.
   * @default this device’s clock is not asked
   */
  readonly clockSkew?: number | undefined
}

/** Whether a key of the issuer has signed a token. `waits`: whether it may take as long as new keys do. */
export type HaveSigned = (token: string, waits: boolean, context: OidcContext) => Promise<boolean>

/** Those with a key that is published (RFC 7518 §3.1, RFC 9864). */
const PUBLIC = /^([RPE]S(256|384|512)|EdDSA|Ed25519)$/

/** The left half of the hash of a text, by which an id token names it (OIDC Core §3.1.3.6). */
async function halfOf(alg: string, words: string): Promise<string> {
  // EdDSA tokens are hashed with SHA-512, the hash inside Ed25519.
  const hash = `SHA-${/(256|384|512)$/.exec(alg)?.[0] ?? '512'}`
  const bytes = new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(words)))
  return base64url(bytes.subarray(0, bytes.length / 2))
}

const notBelieved = (wrong: string): AuthError =>
  new AuthError('bad_response', `The id token is not genuine: see its ${wrong}.`, {
    retryable: false,
    serverCode: 'invalid_id_token',
  })

/** The claim that does not fit what came with the token; nothing where all do. */
async function wrongHash(
  token: string,
  beside: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const [head] = token.split('.')
  const alg = `${readClaims(`.${head}.`)?.alg}`
  const claims = readClaims(token) ?? {}
  for (const [name, value] of Object.entries(beside)) {
    if (value && name in claims && claims[name] !== (await halfOf(alg, value))) return name
  }
  return undefined
}

/**
 * A refresh need not repeat the nonce of the sign-in, but may say no other (OIDC Core §12.2). A sign-in
 * has a nonce of its own, also one that renews a session; whoever reads its claims looks at that.
 */
function wrongNonce({ nonce }: OidcClaims, { session, kept }: OidcContext): string | undefined {
  if (kept) return undefined
  const first = readClaims(text(session?.extras.id_token) ?? '')?.nonce
  return first && nonce && nonce !== first ? 'nonce' : undefined
}

/** Whether a request for tokens begins a session; one held elsewhere does: there is no user before it to keep. */
export const isBeginning = ({ form }: Parameters<OidcSend>[1], { session }: OidcContext): boolean =>
  form?.code !== undefined || !session

/** What id tokens are judged by. */
export interface IdTokenJudge {
  /** Those of the algorithms of a server's document by which tokens may be signed. */
  accepted(algorithms: readonly string[]): readonly string[]
  /**
   * Sends as `send` does, and has each id token that comes judged. One that is not genuine fails a request
   * that begins a session; of a refresh it loses its signature, and is believed by nobody.
   */
  judging(send: OidcSend, haveSigned: HaveSigned): OidcSend
}

/**
 * Makes what judges id tokens; `now` in ms.
 * @throws AuthError `invalid_argument` for options that cannot be, and on a platform without WebCrypto.
 */
export function createIdTokenJudge(options: VerifyIdTokenOptions, now: () => number): IdTokenJudge {
  const { algorithms: registered, clockSkew, ...others } = { ...options }
  checkOptions('verifyIdToken', { ...others, clockSkew }, { clockSkew: 'number' })
  if (registered && !(texts(registered)?.length && registered.every((alg) => PUBLIC.test(alg)))) {
    invalid('`algorithms` are those with a public key, such as RS256.')
  }
  if (Number(clockSkew ?? 0) < 0) invalid('`clockSkew` is a time in ms.')
  if (!globalThis.crypto?.subtle) invalid('This platform has no WebCrypto to verify tokens with.')

  function wrongTime({ exp, iat }: OidcClaims): string | undefined {
    if (clockSkew === undefined) return undefined
    if (numberOf(exp) * 1000 <= now() - clockSkew) return 'exp'
    return numberOf(iat) * 1000 > now() + clockSkew ? 'iat' : undefined
  }

  return {
    accepted: (algorithms) => registered ?? algorithms.filter((alg) => PUBLIC.test(alg)),
    judging: (send, haveSigned) => async (endpoint, request, context) => {
      const answer = await send(endpoint, request, context)
      const { grant_type, code } = request.form ?? {}
      if (!grant_type || !isFine(answer)) return answer
      const body = asObject(answer.body) ?? {}
      const token = text(body.id_token)
      if (!token) return { ...answer, dated: [] }
      const waits = isBeginning(request, context)
      const claims = readClaims(token) ?? {}
      const beside = { at_hash: text(body.access_token), c_hash: code }
      const wrong = (await haveSigned(token, waits, context))
        ? (wrongNonce(claims, context) ?? wrongTime(claims) ?? (await wrongHash(token, beside)))
        : 'signature'
      if (!wrong) return { ...answer, dated: [token] }
      if (waits) throw notBelieved(wrong)
      // Only the signature is cut: the subject is still read, to refuse another person's answer.
      const cut = token.slice(0, token.lastIndexOf('.') + 1)
      return { ...answer, dated: [], body: { ...body, id_token: cut } }
    },
  }
}
