import { isAuthError } from '../../core/errors.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import { createServerPatience } from '../coordination/server-patience.js'
import { type SecurityListeners, tell, wordsOf } from '../shared/security-events.js'
import { withinTime } from '../shared/time-limit.js'
import type { CoreApi, CoreRefresh, CoreTokens } from './core-api.js'
import {
  GeneralError,
  isSuperTokensError,
  TokenTheftDetectedError,
  UnauthorisedError,
} from './errors.js'
import { type Outcome, readOutcome, writeOutcome } from './outcome.js'
import type { Tombstones } from './tombstones.js'

/** What renewals work with. */
export interface RenewalDeps extends SecurityListeners {
  readonly core: Pick<CoreApi, 'refresh' | 'revoke' | 'jwksUrl'>
  readonly coordinator: Coordinator
  readonly tombstones: Tombstones
  readonly onTheft: 'revoke' | 'report'
  /** How long a session that is to be over is waited for, in ms. */
  readonly patience: number
  /** How long a spent token is answered with its successor, in ms. */
  readonly reuseWindow: number
  /** How long an exchange may take, in ms. */
  readonly timeout: number
  /** Milliseconds since the epoch. */
  now(): number
}

const isRefusal = (text: string): boolean => readOutcome(text)?.type !== 'renewed'

/**
 * Makes the function that trades a refresh token: once among all who ask the same, however many
 * requests and processes they are.
 * @throws SuperTokensError when used; `UNAUTHORISED` also for a session that was ended here.
 */
export function createRenewal(
  deps: RenewalDeps,
): (refresh: CoreRefresh, request?: unknown) => Promise<CoreTokens> {
  const { core, coordinator, tombstones, onTheft, patience, reuseWindow: replay } = deps
  const { timeout, now } = deps
  const { pauses } = coordinator
  // A core that fails is left alone by all who share the coordinator, as the server of sealed sessions is.
  const pace = createServerPatience({ pauses, name: `supertokens ${core.jwksUrl}`, timeout, now })

  /** Tells the core as well as it goes. It goes on by itself when it takes too long to wait for. */
  async function revoke(handle: string): Promise<void> {
    try {
      await withinTime(patience, () => core.revoke([handle]))
      await tombstones.confirm(handle)
    } catch (error) {
      // The tombstone stands, and every refresh of this session tries again.
      const words = isAuthError(error) ? wordsOf(error) : {}
      tell(deps.onSecurityEvent, { type: 'revocation-failed', sessionId: handle, ...words })
    }
  }

  async function stolen(error: TokenTheftDetectedError): Promise<Outcome> {
    const { sessionHandle, userId } = error
    if (onTheft === 'revoke') {
      await tombstones.set(sessionHandle)
      await revoke(sessionHandle)
    }
    return { type: 'theft', sessionHandle, userId }
  }

  async function exchange(refresh: CoreRefresh, key: string, request: unknown): Promise<Outcome> {
    try {
      // Whose token it is only the core can tell.
      const asker = { session: key, person: key }
      const tokens = await pace.attempt(asker, () => core.refresh(refresh))
      // The core did not hear of the sign-out, or it would have refused.
      if (await tombstones.has(tokens.session.handle)) await revoke(tokens.session.handle)
      return { type: 'renewed', tokens }
    } catch (error) {
      if (isSuperTokensError(error, 'TOKEN_THEFT_DETECTED')) {
        const { sessionHandle: sessionId, userId } = error
        tell(deps.onSecurityEvent, { type: 'theft', sessionId, userId, request })
        return stolen(error)
      }
      if (!isSuperTokensError(error, 'UNAUTHORISED')) throw error
      tell(deps.onSecurityEvent, { type: 'refresh-refused', ...wordsOf(error), request })
      return { type: 'over', message: error.message, serverCode: error.serverCode }
    }
  }

  return async (refresh, request) => {
    // Whoever asks otherwise, as without the anti-CSRF token, must not get this answer.
    const { refreshToken, antiCsrfToken = null, ...settings } = refresh
    const key = await fingerprint(
      'supertokens',
      refreshToken,
      antiCsrfToken,
      JSON.stringify(settings),
    )
    const work = async (): Promise<string> => writeOutcome(await exchange(refresh, key, request))
    const { text, age } = await coordinator.once(key, work, { isRefusal, replay })
    const outcome = readOutcome(text)
    if (outcome?.type === 'renewed' && age !== undefined) {
      const { handle: sessionId, userId } = outcome.tokens.session
      tell(deps.onReuse, { sessionId, userId, age, request })
    }
    switch (outcome?.type) {
      case 'renewed':
        tombstones.seeAll(outcome.tokens)
        // The answer may be from before a sign-out that came in between.
        if (!(await tombstones.has(outcome.tokens.session.handle))) return outcome.tokens
        throw new UnauthorisedError('Somebody has signed out of this session.')
      case 'over':
        throw new UnauthorisedError(outcome.message, { serverCode: outcome.serverCode })
      case 'theft':
        throw new TokenTheftDetectedError(outcome)
      default:
        throw new GeneralError('What another request got is no answer to a refresh.', {
          code: 'bad_response',
        })
    }
  }
}
