import { isAuthError } from '../../core/errors.js'
import { PROTECTED_CLAIMS } from './access-token.js'
import { checkJWTPayload } from './arguments.js'
import type { CoreApi, CoreRegenerated } from './core-api.js'
import { GeneralError, isSuperTokensError, UnauthorisedError } from './errors.js'
import { checkRoom, longestAccessToken } from './session-size.js'
import type { Tombstones } from './tombstones.js'
import type { SessionIdentity, SessionPayload } from './types.js'
import type { TokenVerification } from './verification.js'

/** What changes of payloads work with. */
export interface PayloadsDeps {
  readonly core: Pick<CoreApi, 'information' | 'payload' | 'updatePayload' | 'regenerate'>
  readonly tombstones: Pick<Tombstones, 'has' | 'see'>
  readonly verify: TokenVerification['verify']
  /** Whether access tokens hold an anti-CSRF token. */
  readonly enableAntiCsrf: boolean
}

/** A change of what a session's access tokens hold. */
export interface PayloadChange {
  readonly handle: string
  /** `null` takes a field away. */
  readonly update: SessionPayload
  /** The token that is to be replaced; without one, the next refresh brings the change. */
  readonly accessToken?: string | undefined
  /** The most characters that the new token may have. */
  readonly longestToken: number
}

/** Of whom a session is, and what its next tokens hold. */
interface Known {
  readonly userId: string
  readonly payload: SessionPayload
  /** `undefined` before 2.8. */
  readonly identity?: Omit<SessionIdentity, 'userDataInJWT'> | undefined
}

/** As long as the ids that SuperTokens itself makes. */
const SOME_USER = '0'.repeat(36)

/** What a payload is after an update. Old cores let an app put SuperTokens' own names there. */
function merge(payload: SessionPayload, update: SessionPayload): SessionPayload {
  const merged = Object.entries({ ...payload, ...update })
  return Object.fromEntries(
    merged.filter(([name]) =>
      Object.hasOwn(update, name) ? update[name] !== null : !PROTECTED_CLAIMS.includes(name),
    ),
  )
}

/** Runs what has one key one after the other. */
function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve()
    const turn = before.then(work, work)
    last.set(key, turn)
    const leave = (): void => {
      if (last.get(key) === turn) last.delete(key)
    }
    turn.then(leave, leave)
    return turn
  }
}

/**
 * Makes the function that changes what access tokens hold.
 *
 * An update is merged into what the core has, and not into what the token says:
 *
 *     an administrator      core: {role: admin}      a request, whose token says admin
 *       role := reader  →   {role: reader}
 *                           {role: ?, theme: dark}  ←  theme := dark
 *
 * The token would bring the old role back. Calls of one process for one session wait for each other,
 * so that none merges into what another is about to replace.
 * @throws SuperTokensError when used; `GENERAL_ERROR`, `invalid_argument`, before anything is written.
 */
export function createPayloads({
  core,
  tombstones,
  verify,
  enableAntiCsrf,
}: PayloadsDeps): (change: PayloadChange) => Promise<CoreRegenerated | undefined> {
  const inTurn = createTurns()

  /** @throws SuperTokensError `UNAUTHORISED` when the session is over. */
  async function read(handle: string): Promise<Known> {
    try {
      const found = await core.information(handle)
      if (found) {
        const { userId, tenantId, recipeUserId, userDataInJWT: payload } = found
        return { userId, payload, identity: { handle, userId, tenantId, recipeUserId } }
      }
    } catch (error) {
      // Before 2.8 there is no such call, but one for the payload alone.
      if (!isAuthError(error, 'rejected')) throw error
      return { userId: SOME_USER, payload: await core.payload(handle) }
    }
    throw new UnauthorisedError('The session does not exist any more.')
  }

  /**
   * The token of which a core may make a new one; `undefined` for one that is no longer good. A core
   * believes what it is shown: of a forged token it would sign one of anybody (Session.java).
   * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for a token of another session.
   */
  async function goodToken(handle: string, accessToken: string): Promise<string | undefined> {
    try {
      const { session, accessToken: next } = await verify(accessToken, { doAntiCsrfCheck: false })
      if (session.handle === handle) return next?.token ?? accessToken
    } catch (error) {
      if (isSuperTokensError(error, 'TRY_REFRESH_TOKEN')) return undefined
      throw error
    }
    const message = 'The access token is one of another session.'
    throw new GeneralError(message, { code: 'invalid_argument' })
  }

  async function change({
    handle,
    update,
    accessToken,
    longestToken,
  }: PayloadChange): Promise<CoreRegenerated | undefined> {
    const known = await read(handle)
    const payload = merge(known.payload, update)
    const { userId, identity } = known
    const draft = { ...identity, userId, payload, antiCsrf: enableAntiCsrf }
    checkRoom({ name: 'The access token', most: longestToken }, longestAccessToken(draft))
    const shown = accessToken !== undefined
    const token = shown ? await goodToken(handle, accessToken) : undefined
    if (token === undefined) {
      await core.updatePayload(handle, payload)
      return shown && identity ? { session: { ...identity, userDataInJWT: payload } } : undefined
    }
    const regenerated = await core.regenerate(token, payload)
    if (regenerated.accessToken) tombstones.see(regenerated.accessToken)
    // A new token would bring back a session whose sign-out came in between.
    if (!(await tombstones.has(handle))) return regenerated
    throw new UnauthorisedError('Somebody has signed out of this session.')
  }

  return ({ update, ...rest }) => {
    const checked = checkJWTPayload('update', update)
    return inTurn(rest.handle, () => change({ ...rest, update: checked }))
  }
}
