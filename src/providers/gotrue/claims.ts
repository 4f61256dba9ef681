import { createLocalJWKSet } from 'jose/jwks/local'
import { jwtVerify } from 'jose/jwt/verify'
import { AuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import { parseJson } from '../../core/json.js'
import type { CallOptions, RequestContext } from '../../core/provider.js'
import { decodeBase64 } from '../shared/base64.js'
import { asObject, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import { invalid } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import { depsOf, type GoTrueClient } from './area.js'
import { toUser } from './wire.js'

/** What a token says, under the names that it has there: times in seconds since the epoch. */
export interface TokenClaims extends Readonly<Record<string, unknown>> {
  /** Whose token it is. */
  readonly sub: string
  readonly exp: number
}

/** A token that is genuine. */
export interface VerifiedToken {
  readonly claims: TokenClaims
  readonly header: Readonly<Record<string, unknown>>
}

/** What tokens say, for certain. */
export interface Claims {
  /**
   * Verifies a token, by default that of the current session, which is refreshed first where it has to
   * be. A token with a public key is verified here; others are shown to the server.
   * @throws AuthError `rejected`, with the `serverCode` `bad_jwt`, for a token that is forged or over;
   *   `session_missing` when nobody is signed in; otherwise as every request. Whom a token is for is
   *   yours to look at: where other apps sign in with this server, their id tokens have the same keys,
   *   and another `aud`.
   */
  verify(token?: string, call?: CallOptions): Promise<VerifiedToken>
}

/** What keys are for: each is published with its algorithm. A secret is never among them. */
const ALGORITHMS = ['RS256', 'RS512', 'ES256', 'ES512', 'EdDSA']

/** How long keys are kept, in ms: the `max-age` that GoTrue sends with them (2.196, jwks.go). */
const FRESH = 600_000
/** How long they are not asked for again for the sake of a key id that nobody knows, in ms. */
const REST = 30_000

/** A key set, and when it was asked for. */
interface Kept {
  readonly at: number
  readonly keys: Promise<readonly unknown[]>
}

const kept = new WeakMap<object, Kept>()

const reject = (): never => {
  throw new AuthError('rejected', 'This token is forged, or its time is over.', {
    serverCode: 'bad_jwt',
  })
}

/** What a failure of jose's means: it says of the token what it says of tokens, and of keys the rest. */
function refuse(error: unknown): never {
  const { code } = Object(error)
  if (/^ERR_JW[ST]_|NO_MATCHING_KEY$/.test(code)) reject()
  throw new AuthError('bad_response', 'The server has published a key that is none.')
}

/** The keys of a server, at the most so old, in ms. */
async function keysOf<M extends object>(
  deps: ActionDeps<M>,
  oldest: number,
): Promise<readonly unknown[]> {
  const known = kept.get(deps)
  const age = known ? deps.now() - known.at : -1
  // A clock that was set back must not make anything last.
  if (known && age >= 0 && age < oldest) return known.keys
  const request = { path: '/.well-known/jwks.json', method: 'GET' } as const
  const keys = deps.host
    .request((context) => deps.send(request, context))
    .then((body) => {
      const found = asObject(body)?.keys
      if (Array.isArray(found)) return found
      throw new AuthError('bad_response', 'The answer is no set of keys.')
    })
  kept.set(deps, { at: deps.now(), keys })
  keys.catch(() => kept.delete(deps))
  return keys
}

/** The key of a token; nothing for one that the server has not published. */
async function keyFor<M extends object>(
  deps: ActionDeps<M>,
  { alg, kid }: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!ALGORITHMS.includes(text(alg) ?? '') || !text(kid) || !globalThis.crypto?.subtle) return
  for (const oldest of [FRESH, REST]) {
    const key = (await keysOf(deps, oldest)).map(asObject).find((its) => its?.kid === kid)
    if (key) return key
  }
}

/**
 * Whether a token is genuine: `false` where this platform does not know the algorithm of its key, as browsers before
 * 2025 did not know Ed25519. `at`: ms since the epoch.
 * @throws AuthError as `refuse` does
 */
async function isGenuine(token: string, key: object, at: number): Promise<boolean> {
  const set = createLocalJWKSet({ keys: [Object(key)] })
  try {
    await jwtVerify(token, set, { algorithms: ALGORITHMS, currentDate: new Date(at) })
    return true
  } catch (error) {
    return Object(error).name === 'NotSupportedError' ? false : refuse(error)
  }
}

/** Has the server say that a token is genuine: it has the secret. */
async function ask<M extends object>(
  { send }: ActionDeps<M>,
  token: string,
  context: RequestContext,
): Promise<string | undefined> {
  const user = await send({ path: '/user', method: 'GET', token }, context)
  return toUser(user)?.id
}

function parse(token: string): VerifiedToken {
  const claims = readClaims(token)
  const { sub = '', exp = 0 } = { sub: text(claims?.sub), exp: positive(claims?.exp) }
  try {
    const header = asObject(parseJson(decodeBase64(token.split('.')[0] ?? '')))
    if (header && sub && exp) return { claims: { ...claims, sub, exp }, header }
  } catch {
    // What cannot be read is no token.
  }
  return reject()
}

/**
 * Verifies the tokens of the server of a client of `gotrue()`, in a page or on a server.
 * @example
 * ```ts
 * import { claims } from 'holdfast/providers/gotrue/claims'
 *
 * const { claims: mine } = await claims(auth).verify() // of the current session
 * const { claims: theirs } = await claims(auth).verify(token)
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function claims<Metadata extends object>(auth: GoTrueClient<Metadata>): Claims {
  const deps = depsOf('claims', auth)

  async function check(token: string, at: number | undefined, context: RequestContext) {
    const verified = parse(token)
    const key = await keyFor(deps, verified.header)
    if (key && (await isGenuine(token, key, at ?? deps.now()))) return verified
    const id = await ask(deps, token, context)
    if (id === verified.claims.sub) return verified
    throw new AuthError('bad_response', 'The answer is not about the person of this token.')
  }

  return guardAll({
    verify: async (token, call) => {
      if (token === undefined) {
        return deps.host.withSession(({ accessToken }, context) => {
          // The client knows how long its own token lives, whatever the clock of this device says.
          const issued = positive(readClaims(accessToken)?.iat)
          return check(accessToken, issued && issued * 1000, context)
        }, call)
      }
      if (!text(token)) invalid('Pass a token as a text, or nothing for the current session’s.')
      return deps.host.request((context) => check(token, undefined, context), call)
    },
  })
}
