import type { JWTPayload } from 'jose'
import { numberOf, readClaims } from '../../providers/shared/jwt.js'
import { createVerifier, type Verification, type Verified } from '../verification/verify.js'
import type { AccessTokens, TokenCheck } from './access-tokens.js'
import { countedLife, lifeOf, withReceipt } from './receipt.js'
import { isSealOf, type SealOwner } from './seal-owner.js'
import type { SealedData } from './session-data.js'
import { claimsNamed, factsOf, provedAt } from './session-facts.js'

const toCheck = (verified: Verified): TokenCheck => {
  if (verified.ok) return verified
  return 'retryable' in verified ? verified : { ok: false, retryable: false }
}

/** What reading works with. */
export interface SignedTokensDeps {
  /** Whose sessions they are. */
  readonly provider: SealOwner
  /** The claims that sessions have besides. */
  readonly claimNames?: readonly string[] | undefined
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * Access tokens that are JWTs: what they say is what is known, and keys tell whether it is true.
 * @throws AuthError `invalid_argument` for a verification that cannot work.
 */
export function signedTokens(
  verification: Verification,
  { provider, now, claimNames = [] }: SignedTokensDeps,
): AccessTokens {
  const verifier = createVerifier({ ...verification, now: verification.now ?? now })
  // Seals of WorkOS's SDKs do not say so, and theirs and ours are to be the same.
  const mark = provider.ownSealsOnly && { provider: provider.id }
  // Cookies that come again have the same data, which cannot be changed.
  const read = new WeakMap<SealedData, Readonly<JWTPayload> | null>()

  function claimsOf(data: SealedData): Readonly<JWTPayload> | null {
    const known = read.get(data)
    if (known !== undefined) return known
    const claims = readClaims(data.accessToken)
    if (Object.isFrozen(data)) read.set(data, claims)
    return claims
  }

  return {
    read(data) {
      if (!isSealOf(provider, data)) return null
      const claims = claimsOf(data)
      if (claims?.sub !== data.user.id) return null
      const counted = countedLife(data, claims, now())
      const proved = provedAt(data, claims)
      // By this server's clock, as the token's end is.
      const ahead = counted ? now() - counted.at : 0
      return {
        facts: {
          ...factsOf(claims),
          ...claimsNamed(claims, claimNames),
          ...(proved !== undefined && { authenticatedAt: proved + ahead }),
        },
        issuedAt: numberOf(claims.iat) * 1000 || 0,
        expiresAt: counted?.expiresAt ?? numberOf(claims.exp) * 1000,
        life: lifeOf(claims),
      }
    },
    ownerOf(accessToken, userId) {
      const claims = readClaims(accessToken)
      if (!claims) return 'unreadable'
      return claims.sub === userId ? 'same' : 'other'
    },
    note: (data, _, at) => withReceipt({ ...data, ...mark }, at),
    async check(data) {
      const { accessToken } = data
      const counted = countedLife(data, claimsOf(data) ?? {}, now())
      return toCheck(
        await (counted ? verifier.verifyAt(accessToken, counted.at) : verifier.verify(accessToken)),
      )
    },
    hurry: async ({ accessToken }) => verifier.hurry(accessToken),
  }
}
