import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import { invalid } from '../shared/url.js'
import { createIdTokenJudge, isBeginning, type VerifyIdTokenOptions } from './id-token-judge.js'
import { askForKeys, type IssuerKeys, NO_PLACE } from './issuer-keys.js'
import { createServer } from './server.js'
import type { OidcChannel, OidcContext, OidcSend, OidcVerifier } from './types.js'

export type { VerifyIdTokenOptions } from './id-token-judge.js'
export type { OidcVerifier } from './types.js'

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
 * import { oidc } from 'holdfast/providers/oidc'
 * import { verifyIdToken } from 'holdfast/providers/oidc/verify-id-token'
 *
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
  const judge = createIdTokenJudge(options, now)

  const isYoung = ({ at }: Asked, span: number): boolean => {
    const age = now() - at
    // A clock that was set back must not make anything last.
    return age >= 0 && age < span
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
      const set = { ...own, keys, algorithms: judge.accepted(algorithms) }
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
        const its = { ...context, throwIfDisposed: undefined }
        if (waits) return isSignedNow(token, its).catch(() => false)
        ask((its) => isSignedNow(token, its), context)
        return false
      },
    }
  }

  return (given) => {
    if (given.metadata && !given.metadata.jwks_uri) invalid(NO_PLACE)
    const { dpop } = given
    const verified = (send: OidcSend): OidcSend =>
      judge.judging(send, (...signed) => keys.haveSigned(...signed))
    // Inside what proofs are sent by: the tokens that tell them the time are verified before.
    const inside = dpop && ((plain: OidcSend) => dpop(verified(plain)))
    const server = createServer({ ...given, dpop: inside }, FIELDS)
    const keys = keysOf(server)
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
