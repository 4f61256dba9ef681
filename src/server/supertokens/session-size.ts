import { text } from '../../providers/shared/json.js'
import { checkJWTPayload, checkName } from './arguments.js'
import { PUBLIC_TENANT } from './core-api.js'
import { GeneralError } from './errors.js'

/** A session that is to begin, as its access tokens tell of it. */
export interface SessionDraft {
  readonly userId: unknown
  /** The app's own claims. */
  readonly payload: unknown
  /** Whether it gets an anti-CSRF token. */
  readonly antiCsrf: boolean
  /** Where it belongs, if that is known. */
  readonly tenantId?: unknown
  /** The account that signed in, where it is another one. */
  readonly recipeUserId?: string | undefined
}

const UUID = '0'.repeat(36)
const HASH = '0'.repeat(64)
/** That of a static key is the longest. */
const HEADER = { kid: `s-${UUID}`, typ: 'JWT', version: '5', alg: 'RS256' }
/** Seconds are written with a point and an exponent by some cores: `1.795221772E9`, for two claims. */
const EXPONENTS = 2 * '.E9'.length
/** RSA of 2048 bits. */
const SIGNATURE = 256

const base64Length = (bytes: number): number => Math.ceil((bytes * 4) / 3)
const jsonBytes = (value: unknown): number =>
  new TextEncoder().encode(JSON.stringify(value)).byteLength

/**
 * The most characters that an access token of this session may have on a core of today: a refresh
 * makes it longer than it began, by the hash of its parent (AccessToken.java).
 * @throws SuperTokensError `GENERAL_ERROR` for what no token can hold.
 */
export function longestAccessToken(draft: SessionDraft): number {
  const { payload, antiCsrf } = draft
  const name = checkName('userId', draft.userId)
  const tenantId = text(draft.tenantId) ?? PUBLIC_TENANT
  const claims = {
    iat: 1_795_221_772,
    exp: 1_795_225_372,
    sub: name,
    tId: tenantId,
    rsub: draft.recipeUserId ?? name,
    // Cores name the tenant there too (Session.java).
    sessionHandle: tenantId === PUBLIC_TENANT ? UUID : `${UUID}_${tenantId}`,
    refreshTokenHash1: HASH,
    parentRefreshTokenHash1: HASH,
    antiCsrfToken: antiCsrf ? UUID : null,
    ...checkJWTPayload('jwtPayload', payload),
  }
  const parts = [jsonBytes(HEADER), jsonBytes(claims) + EXPONENTS, SIGNATURE]
  return parts.map(base64Length).reduce((sum, length) => sum + length + '.'.length, -1)
}

/** Where a token is kept, and how many bytes fit there. */
export interface TokenPlace {
  readonly name: string
  readonly most: number
}

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for more bytes than fit. */
export function checkRoom({ name, most }: TokenPlace, bytes: number): void {
  if (bytes <= most) return
  const message = `${name} would take ${bytes} bytes of the ${most} that there are: keep less in the JWT payload.`
  throw new GeneralError(message, { code: 'invalid_argument' })
}
