import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkCoordinator, checkPositive, memoryCoordinator } from '../coordination/coordinator.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import { checkNames, checkObject } from '../shared/arguments.js'
import { type SecurityListeners, tell } from '../shared/security-events.js'
import { TIME_LIMIT } from '../shared/time-limit.js'
import type { AccessTokens } from './access-tokens.js'
import { nameOfData } from './end-names.js'
import { createEndedSessions, type EndedSessions } from './ended-sessions.js'
import { boundedStore } from './held-sessions.js'
import { createListing, type Listing } from './listing.js'
import { opaqueTokens } from './opaque-tokens.js'
import { createOpener, type Opener } from './opened.js'
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
/** Longer than requests that are under way take, in ms. */
const UNDER_WAY = 60_000

function tokensOf<User extends SessionUser>(
  { verification, provider, claims: claimNames }: SealedSessionsOptions<User>,
  now: () => number,
): AccessTokens {
  checkNames('claims', claimNames)
  if (verification === 'seal') return opaqueTokens(null, { provider, now })
  checkObject('verification', verification)
  return 'introspectionUrl' in verification || 'introspect' in verification
    ? opaqueTokens(verification, { provider, now })
    : signedTokens(verification, { provider, claimNames, now })
}

/** A refresh ahead of need begins when so much of the token's life is left, in ms. */
const MARGIN = 60_000

/** Of a short-lived token less: one that is just made must not be due. */
function createMargin(wanted: number | undefined): (life: number) => number {
  if (wanted === undefined) return (life) => Math.min(MARGIN, life / 4)
  const margin = checkPositive('refreshMargin', wanted)
  return (life) => Math.min(margin, life / 2)
}

/** What sealed sessions are made of. */
export interface Parts<User extends SessionUser>
  extends Pick<SecurityListeners, 'onSecurityEvent'> {
  readonly tokens: AccessTokens
  readonly coordinator: Coordinator
  readonly limits: SessionLimits
  readonly opener: Opener<User>
  readonly renew: Renew<User>
  readonly ended: EndedSessions<User>
  readonly listing: Listing<User>
  readonly uses: Uses
  readonly sealing: Sealing
  /** How long before the end of a token that lives so long its refresh is due. Both in ms. */
  marginOf(life: number): number
  /** Whether the session of a refresh token can have new tokens. */
  renews(refreshToken: string): boolean
  now(): number
}

/**
 * Makes the parts of sealed sessions.
 * @throws AuthError `invalid_argument` for a configuration that cannot work.
 */
export function createParts<User extends SessionUser>(
  options: SealedSessionsOptions<User>,
): Parts<User> {
  const { provider, now = () => Date.now() } = options
  if (typeof provider?.refresh !== 'function') {
    throw new AuthError('invalid_argument', '`provider` must be one that can refresh.')
  }
  // What a listener throws must cost nobody's tokens.
  const report = (error: AuthError): void => tell(options.report, error)
  const coordinator = options.coordinator ?? memoryCoordinator({ now })
  checkCoordinator(coordinator)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  const reuseWindow = checkPositive(
    'reuseWindow',
    options.reuseWindow ?? provider.reuseWindow ?? REUSE_WINDOW,
  )
  const maxSize = checkPositive('maxSize', options.maxSize ?? MAX_SIZE)
  const limits = checkLimits(options.limits)
  const store = options.store === undefined ? null : boundedStore(options.store, timeout)
  const overlap = reuseWindow + UNDER_WAY
  const tokens = tokensOf(options, now)
  const { onReuse, onSecurityEvent, onRefresh, onRefreshError } = options
  const shared = { provider, coordinator, tokens, timeout, now, onReuse, onSecurityEvent }
  const ended = createEndedSessions(shared)
  return {
    tokens,
    coordinator,
    limits,
    marginOf: createMargin(options.refreshMargin),
    onSecurityEvent,
    renews: (refreshToken) => provider.renews?.(refreshToken) ?? true,
    now,
    opener: createOpener<User>({ tokens, store, now }),
    renew: createRenewal({ ...shared, reuseWindow, onRefresh, onRefreshError }),
    ended,
    listing: createListing(options.list, { ...shared, ended, limits, report }),
    uses: createUses({ limits, now }),
    sealing: createSealing({
      maxSize,
      store,
      limits,
      overlap,
      now,
      report,
      nameOf: (data) => nameOfData(data, tokens.read(data)),
    }),
  }
}
