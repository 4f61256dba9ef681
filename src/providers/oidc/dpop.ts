import { AuthError } from '../../core/errors.js'
import type { Clock, KeyStore } from '../../core/ports.js'
import type { ActionHost, OutgoingRequest } from '../../core/provider.js'
import { asObject } from '../shared/json.js'
import { isFine } from '../shared/passing.js'
import { keptWith } from '../shared/redirect.js'
import { invalid } from '../shared/url.js'
import { type Bond, createMemory, type Memory } from './dpop-memory.js'
import { digest, ES256, signProof, thumbprintOf } from './dpop-proof.js'
import type { OidcBinding, OidcSend, OidcUser } from './types.js'

const NONCE = 'use_dpop_nonce'
/**
 * Refusals that may be about the proof alone: one that came twice is `invalid_grant` to oidc-provider,
 * one that is too old `invalid_request` to Keycloak.
 */
const ABOUT_PROOF = [NONCE, 'invalid_dpop_proof', 'invalid_request', 'invalid_grant']

/** What an attempt carries. `at`: now, in ms by the server's clock. */
interface Attempt extends OutgoingRequest {
  readonly token?: string | undefined
  readonly at: number
}

/** The headers of one attempt, for no proof is ever sent twice; `null` without the right key. */
type Prove = (bond: Bond, attempt: Attempt) => Promise<Readonly<Record<string, string>> | null>

const isBearer = ({ type }: Bond): boolean => /^bearer$/i.test(`${type}`)

const createProve =
  (stores: ReadonlySet<KeyStore>, { nonces }: Memory): Prove =>
  async ({ key, jkt }, { url, method, token, at }) => {
    for (const keys of stores) {
      const pair = Object(await keys.get(key))
      // What is no key has no thumbprint.
      if ((await thumbprintOf(pair).catch(() => null)) !== jkt) continue
      const { origin, pathname } = new URL(url)
      const proof = await signProof(pair, {
        jti: crypto.randomUUID(),
        htm: method,
        htu: origin + pathname,
        iat: Math.floor(at / 1000),
        nonce: nonces[origin],
        ath: token && (await digest(token)),
      })
      return { DPoP: proof, ...(token && { Authorization: `DPoP ${token}` }) }
    }
    return null
  }

/** What requests of a provider are sent by. */
interface Sending {
  readonly plain: OidcSend
  readonly memory: Memory
  readonly prove: Prove
  readonly now: () => number
  /** Hears of the key that tokens were bound to. */
  onBound(key: string): void
}

function createSend({ plain, memory, prove, now, onBound }: Sending): OidcSend {
  return async (url, request, context) => {
    const { session, kept } = context
    const { token, form, method = 'POST' } = request
    const extras = session?.extras
    const bond = memory.bondOf(extras ? extras.dpop : kept?.dpop, extras?.token_type)
    if (!bond || !(token ? !isBearer(bond) : form)) return plain(url, request, context)
    let at = (): number => now() + bond.skew
    for (const left = new Set(ABOUT_PROOF); ; ) {
      const headers = await prove(bond, { url, method, token, at: at() })
      if (!headers && isBearer(bond)) return plain(url, request, context)
      if (!headers) {
        throw new AuthError(
          session ? 'refresh_rejected' : 'invalid_credentials',
          'The key of this session is gone from this browser: sign in again.',
          { serverCode: 'key_lost' },
        )
      }
      const sent = now()
      // Who sends a proof again sends it twice, and nobody but the page makes a new one.
      const whole = { ...request, headers, token: undefined, keepalive: false }
      const answer = await plain(url, whole, context)
      memory.learn(url, answer.headers)
      const body = asObject(answer.body) ?? {}
      if (isFine(answer) && body.access_token) {
        onBound(bond.key)
        return { ...answer, body: { ...body, dpop: memory.settle(bond, body, sent) } }
      }
      // Each refusal is met once with a fresh proof.
      const word = `${body.error}`
      if (answer.status >= 500 || !left.delete(word)) return answer
      // Somebody may have set this device's clock since it was compared with the server's.
      if (/proof|request/.test(word)) at = memory.byMonotonic
    }
  }
}

/** The host whose keys are used; the key of a sign-in that came to nothing is not kept. */
function attach(
  host: ActionHost<OidcUser>,
  stores: Set<KeyStore>,
  isBound: (key: string) => boolean,
): ActionHost<OidcUser> {
  const { keys } = host
  if (!keys) return invalid('DPoP needs a place for keys: pass `keys: indexedDBKeys()` as well.')
  stores.add(keys)
  return {
    ...host,
    async removeFlow(flow) {
      await host.removeFlow(flow)
      const key = `${asObject(keptWith(flow).dpop)?.key}`
      if (!isBound(key)) await keys.remove(key)
    },
  }
}

/**
 * Binds sessions to keys that never leave this browser, so that a stolen token is worth nothing
 * elsewhere (RFC 9449): for the option of this name. Each sign-in at a server that announces it gets a
 * key of its own; the token endpoint, userinfo and `auth.fetch` get proofs. A session whose key is gone
 * ends with `refresh_rejected`, `serverCode` `key_lost`. `plain` sends without; times are in ms.
 */
export function dpop(
  plain: OidcSend,
  clock: Pick<Clock, 'now' | 'monotonic'> = {
    now: Date.now,
    monotonic: () => performance.now(),
  },
): OidcBinding {
  const { now } = clock
  const stores = new Set<KeyStore>()
  const bound = new Set<string>()
  const memory = createMemory(clock)
  const prove = createProve(stores, memory)
  const onBound = (key: string): unknown => bound.add(key)

  return {
    send: createSend({ plain, memory, prove, now, onBound }),
    attach: (host) => attach(host, stores, (key) => bound.has(key)),
    async begin({ keys }, { dpop_signing_alg_values_supported: algorithms }) {
      if (!`${algorithms}`.includes('ES256')) return null
      const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
      const key = crypto.randomUUID()
      await keys?.set(key, pair)
      return { key, jkt: await thumbprintOf(pair) }
    },
    signer: {
      boundHeaders: ['DPoP'],
      async authorize({ accessToken: token, extras }, request) {
        const bond = memory.bondOf(extras.dpop, extras.token_type)
        if (!bond || isBearer(bond)) return { Authorization: `Bearer ${token}` }
        // Without its key the token is refused, and the refresh that follows says why.
        const headers = await prove(bond, { ...request, token, at: now() + bond.skew })
        return headers ?? { Authorization: `DPoP ${token}` }
      },
    },
    readAnswer({ url, status, headers }) {
      const isNew = memory.learn(url, headers)
      const challenge = headers.get('WWW-Authenticate')
      // A page sees the challenge only where the API exposes it.
      const wanted = challenge === null ? isNew : challenge.includes(NONCE)
      return status === 401 && wanted ? { kind: 'repeat' } : undefined
    },
  }
}
