import { AuthError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { OutgoingRequest } from '../../core/provider.js'
import { asObject, text } from '../shared/json.js'
import { isFine, mayPass } from '../shared/passing.js'
import { createKeyring, type Keyring } from './dpop-keys.js'
import { type Bond, createMemory, type Memory } from './dpop-memory.js'
import { digest, signProof } from './dpop-proof.js'
import type { OidcBinding, OidcSend } from './types.js'

const NONCE = 'use_dpop_nonce'
/**
 * Refusals that may be about the proof alone: one that is too old is `invalid_request` to Keycloak. Of a
 * refresh `invalid_grant` may be, too: a proof that came twice is that to oidc-provider.
 */
const ABOUT_PROOF = [NONCE, 'invalid_dpop_proof', 'invalid_request']

/** What an attempt carries. `at`: now, in ms by the server's clock. */
interface Attempt extends OutgoingRequest {
  readonly token?: string | undefined
  readonly at: number
}

/** The headers of one attempt, for no proof is ever sent twice; `null` without the right key. */
type Prove = (bond: Bond, attempt: Attempt) => Promise<Readonly<Record<string, string>> | null>

const isBearer = ({ type }: Bond): boolean => /^bearer$/i.test(text(type) ?? '')

const createProve =
  (keyring: Keyring, { nonces }: Memory): Prove =>
  async (bond, { url, method, token, at }) => {
    const pair = await keyring.find(bond)
    if (!pair) return null
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

/** What requests of a provider are sent by. */
interface Sending {
  readonly plain: OidcSend
  readonly memory: Memory
  readonly prove: Prove
  readonly won: Keyring['won']
  now(): number
}

const createSend =
  ({ plain, memory, prove, won, now }: Sending): OidcSend =>
  async (url, request, context) => {
    const { session, kept } = context
    const { token, form, method = 'POST' } = request
    // A sign-in has a key of its own, also one that renews a session.
    const { dpop, token_type } = kept ?? session?.extras ?? {}
    const bond = memory.bondOf(dpop, token_type)
    if (!bond || !(token ? !isBearer(bond) : form)) return plain(url, request, context)
    let at = (): number => now() + bond.skew
    // Elsewhere `invalid_grant` is a wrong code, such as a second factor's, which must not count twice.
    const words = form?.refresh_token ? ['invalid_grant', ...ABOUT_PROOF] : ABOUT_PROOF
    for (const left = new Set(words); ; ) {
      const headers = await prove(bond, { url, method, token, at: at() })
      if (!headers) {
        // Without its key a bound token is refused (RFC 9449 §7.2), and the refresh after that says why.
        if (token || isBearer(bond)) return plain(url, request, context)
        throw new AuthError(
          kept ? 'invalid_credentials' : 'refresh_rejected',
          'The key of this session is gone from this browser: sign in again.',
          { serverCode: 'key_lost' },
        )
      }
      const sent = now()
      // A proof that somebody else sends again comes twice.
      const all = { ...request.headers, ...headers }
      const whole = { ...request, headers: all, token: undefined, keepalive: false }
      const answer = await plain(url, whole, context)
      const isNew = memory.learn(url, answer.headers)
      const body = asObject(answer.body) ?? {}
      if (isFine(answer) && body.access_token) {
        won(bond)
        return { ...answer, dpop: memory.settle(bond, answer, { sent, session }) }
      }
      // Each refusal is met once with a fresh proof.
      const word = `${body.error ?? (isNew && NONCE)}`
      if (mayPass(answer.status) || !left.delete(word)) return answer
      // Somebody may have set this device's clock since it was compared with the server's.
      if (/proof|request/.test(word)) at = memory.byMonotonic
    }
  }

/**
 * Binds sessions to keys that never leave this browser, so that a stolen token is worth nothing
 * elsewhere (RFC 9449): for the option of this name. Each sign-in at a server that announces it gets a
 * key of its own; the token endpoint, userinfo and `auth.fetch` get proofs. A session whose key is gone
 * ends with the reason `key-lost`. `plain` sends without proofs; times are in ms.
 * @example
 * ```ts
 * import { AuthClient, indexedDBKeys } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { dpop } from 'holdfast/providers/oidc/dpop'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', dpop })
 * const auth = new AuthClient({ provider, keys: indexedDBKeys(), fetchOrigins: ['https://api.example'] })
 * await auth.fetch('https://api.example/orders') // with a proof for this request and this token
 * ```
 */
export function dpop(
  plain: OidcSend,
  clock: Pick<Clock, 'now' | 'monotonic'> = {
    now: Date.now,
    monotonic: () => performance.now(),
  },
): OidcBinding {
  const { now } = clock
  const keyring = createKeyring(now)
  const memory = createMemory(clock)
  const prove = createProve(keyring, memory)

  return {
    ...keyring,
    send: createSend({ plain, memory, prove, won: keyring.won, now }),
    begin: async ({ dpop_signing_alg_values_supported: algorithms }) =>
      `${algorithms}`.includes('ES256') ? keyring.make() : null,
    signer: {
      boundHeaders: ['DPoP'],
      async authorize({ accessToken: token, extras }, request) {
        const bond = memory.bondOf(extras.dpop, extras.token_type)
        const bound = bond && !isBearer(bond)
        const headers = bound && (await prove(bond, { ...request, token, at: now() + bond.skew }))
        // As in `createSend`: the API refuses it, and the refresh after that says why.
        return headers || { Authorization: `Bearer ${token}` }
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
