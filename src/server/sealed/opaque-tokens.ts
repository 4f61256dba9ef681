import type { JWTPayload } from 'jose'
import { numberOf, readClaims } from '../../providers/shared/jwt.js'
import {
  createIntrospection,
  type Introspected,
  type Introspection,
  type IntrospectionCall,
} from '../verification/introspection.js'
import type { AccessTokens, TokenCheck } from './access-tokens.js'
import { CLOCKS_APART, lifeOf } from './receipt.js'
import { isSealOf, type SealOwner } from './seal-owner.js'
import { type SealedData, toFacts } from './session-data.js'
import { factsOf, provedAt } from './session-facts.js'

const OVER: TokenCheck = { ok: false, retryable: false }

const toCheck = (found: Introspected): TokenCheck =>
  found.type === 'unknown'
    ? { ok: false, retryable: true, reason: found.reason }
    : found.type === 'active'
      ? { ok: true }
      : OVER

/** Where the seal says nothing, it was made while tokens were read: what they say counts yet. */
function datesOf({ accessToken, receivedAt, expiresAt }: SealedData) {
  const claims: JWTPayload = (expiresAt === undefined && readClaims(accessToken)) || {}
  const start = receivedAt ?? (numberOf(claims.iat) * 1000 || 0)
  const end = expiresAt ?? (numberOf(claims.exp) * 1000 || 0)
  return { start, end, life: expiresAt === undefined ? lifeOf(claims) : end - start, claims }
}

/** Whose sessions they are. `now` in ms. */
export interface OpaqueTokensDeps {
  readonly provider: SealOwner
  now(): number
}

/**
 * Access tokens that only their auth server can read: what is known of them is sealed beside them. An
 * `introspection` asks the server whether they live; without one the seal's own word counts.
 * @throws AuthError `invalid_argument` for an introspection that cannot work.
 */
export function opaqueTokens(
  introspection: Introspection | IntrospectionCall | null,
  { provider, now }: OpaqueTokensDeps,
): AccessTokens {
  const server = introspection && createIntrospection(introspection, now)
  return {
    read(data) {
      if (!isSealOf(provider, data)) return null
      const { start, end, life, claims } = datesOf(data)
      const proved = provedAt(data, claims)
      const facts = {
        ...(data.facts ?? factsOf(claims)),
        ...(proved !== undefined && { authenticatedAt: proved }),
      }
      return { facts, issuedAt: start, expiresAt: end, life }
    },
    ownerOf: () => 'same',
    note(data, grant, at) {
      const facts = { ...data.facts, ...toFacts(grant) }
      return {
        ...data,
        receivedAt: at,
        expiresAt: at + grant.lifetime,
        facts,
        provider: provider.id,
      }
    },
    async check(data) {
      const { start, end } = datesOf(data)
      // One that comes from the future was noted by a clock that was set back since. Asked so that a clock that says
      // nothing makes none live.
      const lives = now() < end && now() >= start - CLOCKS_APART
      if (!lives) return OVER
      return server ? toCheck(await server.ask(data.accessToken, end)) : { ok: true }
    },
    hurry: async ({ accessToken, receivedAt = 0 }) => server?.trust(accessToken, receivedAt),
  }
}
