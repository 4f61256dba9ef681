import { AuthError, isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkPositive, memoryCoordinator } from '../coordination/coordinator.js'
import { checkObject } from '../shared/arguments.js'
import type { SecurityListeners } from '../shared/security-events.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import type { AccessTokens } from './access-tokens.js'
import { createEndedSessions, type EndedSessions } from './ended-sessions.js'
import { opaqueTokens } from './opaque-tokens.js'
import { createOpener, type Opened, type OpenSealed } from './opened.js'
import { createRenewal, type Renew } from './renewal.js'
import type { SealedSessionsOptions } from './sealed-sessions-types.js'
import { createSealing, type Sealing } from './sealing.js'
import { checkLimits, type SessionLimits } from './session-limits.js'
import { signedTokens } from './signed-tokens.js'
import { createUses, type Uses } from './uses.js'

/** As long as GoTrue forgives a lost answer (`GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL`), in ms. */
const REUSE_WINDOW = 10_000
/** Leaves a quarter of what Node takes of headers to all others (`--max-http-header-size`, 16 KiB). */
const MAX_SIZE = 12_288

function tokensOf<User extends SessionUser>(
  { verification }: SealedSessionsOptions<User>,
  now: () => number,
): AccessTokens {
  if (verification === 'seal') return opaqueTokens(null, now)
  checkObject('verification', verification)
  return 'introspectionUrl' in verification
    ? opaqueTokens(verification, now)
    : signedTokens(verification, now)
}

/** What sealed sessions are made of. */
export interface Parts<User extends SessionUser>
  extends Pick<SecurityListeners, 'onSecurityEvent'> {
  readonly tokens: AccessTokens
  readonly limits: SessionLimits
  /** In ms. */
  readonly reuseWindow: number
  readonly open: OpenSealed<User>
  readonly renew: Renew<User>
  readonly ended: EndedSessions<User>
  readonly uses: Uses
  readonly sealing: Sealing
  /** Keeps what a session's old cookie holds elsewhere for `ttl` ms more. Never rejects. */
  release(opened: Opened<User>, ttl: number): Promise<void>
  now(): number
}

/**
 * Makes the parts of sealed sessions.
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createParts<User extends SessionUser>(
  options: SealedSessionsOptions<User>,
): Parts<User> {
  const { provider, store = null, now = () => Date.now(), report = () => {} } = options
  if (typeof provider?.refresh !== 'function') {
    throw new AuthError('invalid_argument', '`provider` must be one that can refresh.')
  }
  const coordinator = options.coordinator ?? memoryCoordinator({ now })
  const timeout = checkPositive('timeout', options.timeout ?? TIME_LIMIT)
  const reuseWindow = checkPositive(
    'reuseWindow',
    options.reuseWindow ?? provider.reuseWindow ?? REUSE_WINDOW,
  )
  const maxSize = checkPositive('maxSize', options.maxSize ?? MAX_SIZE)
  const limits = checkLimits(options.limits)
  const tokens = tokensOf(options, now)
  const { onReuse, onSecurityEvent } = options
  const shared = { provider, coordinator, tokens, timeout, now, onReuse, onSecurityEvent }
  return {
    tokens,
    limits,
    reuseWindow,
    onSecurityEvent,
    now,
    open: createOpener<User>({ tokens, store, now }),
    renew: createRenewal({ ...shared, reuseWindow }),
    ended: createEndedSessions(shared),
    uses: createUses({ limits, now }),
    sealing: createSealing({ maxSize, store, limits, now, report }),
    async release({ held }, ttl) {
      if (held === undefined) return
      await store?.expire(held, ttl).catch((error: unknown) => {
        if (isAuthError(error)) report(error)
      })
    },
  }
}
