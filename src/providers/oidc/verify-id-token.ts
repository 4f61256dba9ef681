import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import { AuthError } from '../../core/errors.js'
import { asObject, text, texts } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import { checkOptions } from '../shared/options.js'
import { isFine } from '../shared/passing.js'
import { base64url } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import { askForKeys, type IssuerKeys, NO_PLACE } from './issuer-keys.js'
import { createServer } from './server.js'
import type { OidcChannel, OidcClaims, OidcContext, OidcSend, OidcVerifier } from './types.js'

export type { OidcVerifier } from './types.js'

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

/** Those with a key that is published (RFC 7518 §3.1, RFC 9864). */
const PUBLIC = /^([RPE]S(256|384|512)|EdDSA|Ed25519)$/

/** What it needs to know of the server's document. */
const FIELDS = ['jwks_uri', 'id_token_signing_alg_values_supported']

/** How long keys are used before they are asked for again, in ms: the default of jose's createRemoteJWKSet. */
const FRESH = 600_000
/** A refresh that meets an unknown key asks for keys at most once in this time, in ms. */
const REST = 30_000

/** A question for keys: when it was asked, in ms, and which one it is. */
interface Asked {
  readonly at: number
  readonly turn: number
}

/** The keys of a server as they were then. */
type KeySet = Asked & IssuerKeys

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
const isBeginning = ({ form }: Parameters<OidcSend>[1], { session }: OidcContext): boolean =>
  form?.code !== undefined || !session

/** Whether a key of the set has signed the token. A token that names none may be any key's. */
async function isSigned(token: string, { keys, algorithms }: KeySet): Promise<boolean> {
  const options = { algorithms: [...algorithms] }
  for (const key of keys) {
    try {
      await compactVerify(token, createLocalJWKSet({ keys: [Object(key)] }), options)
      return true
    } catch {
      // It is another key's, or that key is none.
    }
  }
  return false
}

/**
 * Has each id token verified by the keys that its issuer publishes, before it is believed: for the
 * option of this name. A sign-in asks for the keys before its code is spent, and fails while they
 * cannot be had; so does a session that begins with a refresh token held elsewhere (`setSession`). Any
 * other refresh waits for nothing: an id token whose key is not at hand by then, or that is forged, does
 * not replace the one before it, and the session goes on with its new tokens.
 * @example
 * ```ts
 * const provider = oidc({
 *   issuer: 'https://id.example',
 *   clientId: 'my-app',
 *   redirectUri: 'https://app.example/callback',
 *   verifyIdToken: verifyIdToken(),
 * })
 * ```
 * @param now the wall clock, in ms
 * @throws AuthError `invalid_argument` for options that cannot be, and on a platform without WebCrypto.
 */
export function verifyIdToken(
  options: VerifyIdTokenOptions = {},
  now: () => number = Date.now,
): OidcVerifier {
  const { algorithms: registered, clockSkew, ...others } = { ...options }
  checkOptions('verifyIdToken', { ...others, clockSkew }, { clockSkew: 'number' })
  if (registered && !(texts(registered)?.length && registered.every((alg) => PUBLIC.test(alg)))) {
    invalid('`algorithms` are those with a public key, such as RS256.')
  }
  if (Number(clockSkew ?? 0) < 0) invalid('`clockSkew` is a time in ms.')
  if (!globalThis.crypto?.subtle) invalid('This platform has no WebCrypto to verify tokens with.')

  const isYoung = ({ at }: Asked, span: number): boolean => {
    const age = now() - at
    // A clock that was set back must not make anything last.
    return age >= 0 && age < span
  }

  function wrongTime({ exp, iat }: OidcClaims): string | undefined {
    if (clockSkew === undefined) return undefined
    if (Number(exp) * 1000 <= now() - clockSkew) return 'exp'
    return Number(iat) * 1000 > now() + clockSkew ? 'iat' : undefined
  }

  /** The keys of one server. A sign-in waits for them; a refresh does not, and gets on with those there are. */
  function keysOf(server: OidcChannel) {
    let known: KeySet | undefined
    let asked: Asked = { at: Number.NEGATIVE_INFINITY, turn: 0 }
    let beside = new AbortController()

    async function load(context: OidcContext): Promise<KeySet> {
      const own = { at: now(), turn: asked.turn + 1 }
      asked = own
      const { keys, algorithms } = await askForKeys(server, context)
      const accepted = registered ?? algorithms.filter((alg) => PUBLIC.test(alg))
      const set = { ...own, keys, algorithms: accepted }
      // The answer to an older question may come after that to a newer one.
      if (!known || own.turn > known.turn) known = set
      return set
    }

    /** Whether keys that were just asked for have signed a token; where not, their place is doubted. */
    async function isSignedNow(token: string, context: OidcContext): Promise<boolean> {
      const fits = await isSigned(token, await load(context))
      if (!fits) server.moved()
      return fits
    }

    /** Asks beside a refresh, seldom enough, and ends what was asked so before: it may never be answered. */
    function ask(by: (context: OidcContext) => Promise<unknown>, context: OidcContext): void {
      if (isYoung(asked, REST)) return
      beside.abort()
      beside = new AbortController()
      by({ ...context, signal: beside.signal }).catch(() => {})
    }

    return {
      async prepare(waits: boolean, context: OidcContext): Promise<void> {
        if (known && isYoung(known, FRESH)) return
        if (waits) await load(context)
        else ask(load, context)
      },
      async haveSigned(token: string, waits: boolean, context: OidcContext): Promise<boolean> {
        const set = known
        if (set && (await isSigned(token, set))) return true
        // What was sent is spent by then: a failure that asks to be tried again would send it again.
        if (waits) return isSignedNow(token, context).catch(() => false)
        ask((its) => isSignedNow(token, its), context)
        return false
      },
    }
  }

  return (given) => {
    if (given.metadata && !given.metadata.jwks_uri) invalid(NO_PLACE)
    const { dpop } = given
    // Inside what proofs are sent by: the tokens that tell them the time are verified before.
    const inside = dpop && ((plain: OidcSend) => dpop(verified(plain)))
    const server = createServer({ ...given, dpop: inside }, FIELDS)
    const keys = keysOf(server)

    function verified(send: OidcSend): OidcSend {
      return async (endpoint, request, context) => {
        const answer = await send(endpoint, request, context)
        const { grant_type, code } = request.form ?? {}
        if (!grant_type || !isFine(answer)) return answer
        const body = asObject(answer.body) ?? {}
        const token = text(body.id_token)
        if (!token) return { ...answer, dated: [] }
        const waits = isBeginning(request, context)
        const claims = readClaims(token) ?? {}
        const beside = { at_hash: text(body.access_token), c_hash: code }
        const wrong = (await keys.haveSigned(token, waits, context))
          ? (wrongNonce(claims, context) ?? wrongTime(claims) ?? (await wrongHash(token, beside)))
          : 'signature'
        if (!wrong) return { ...answer, dated: [token] }
        if (waits) throw notBelieved(wrong)
        // Only the signature is cut: the subject is still read, to refuse another person's answer.
        const cut = token.slice(0, token.lastIndexOf('.') + 1)
        return { ...answer, dated: [], body: { ...body, id_token: cut } }
      }
    }

    const send = dpop ? server.send : verified(server.send)
    return {
      ...server,
      async send(endpoint, request, context) {
        // Before anything is spent: without keys this would begin a session at the server, and fail.
        if (request.form?.grant_type) await keys.prepare(isBeginning(request, context), context)
        return send(endpoint, request, context)
      },
    }
  }
}
