import { AuthError, isAuthError } from '../../core/errors.js'
import type { Grant, Session, SessionUser } from '../../core/session.js'
import { safeReturnTo } from './paths.js'
import type { BackendOptions, Call, GrantedSignIn } from './types.js'

/** What the end of a sign-in works on. */
export interface SignInEndDeps<User extends SessionUser>
  extends Pick<BackendOptions<User>, 'sessions' | 'onSignIn'> {
  /** Whether browsers come by `https:`. */
  readonly secure: boolean
  report(error: unknown): void
  /** Milliseconds since the epoch. */
  now(): number
}

/** What was kept of a sign-in for its end. */
export interface Begun extends Pick<GrantedSignIn, 'state' | 'returnTo'> {
  readonly call: Pick<Call, 'request' | 'cookie'>
}

/** Somebody is signed in. */
export interface Ended {
  readonly setCookies: readonly string[]
  /** Puts on the answer what its cookies are not: what asks the browser to bind the session to its device. */
  finish(response: Response): Response
  /** Where the person goes: a path of the app. */
  readonly returnTo: string
}

/**
 * Signs somebody in whom the auth server let in.
 * @throws AuthError what the app's `onSignIn` threw, `rejected` for what is none; and as `setSession` does.
 */
export type EndSignIn<User extends SessionUser> = (
  grant: Grant<User>,
  begun: Begun,
) => Promise<Ended>

function toSession<User extends SessionUser>(grant: Grant<User>, at: number): Session<User> {
  const { lifetime, extras, once, event: _, user = null, refreshToken = null, ...known } = grant
  return { ...known, user, refreshToken, expiresAt: at + lifetime, extras: { ...extras, ...once } }
}

/** Makes what every sign-in of a backend ends with: the app is asked, then the cookies are set. */
export function createSignInEnd<User extends SessionUser>(
  deps: SignInEndDeps<User>,
): EndSignIn<User> {
  const { sessions, onSignIn, secure, report, now } = deps

  async function ask(granted: GrantedSignIn<User>): Promise<string> {
    try {
      const target = await onSignIn?.(granted)
      return typeof target === 'string' ? safeReturnTo(target) : granted.returnTo
    } catch (cause) {
      if (isAuthError(cause)) throw cause
      report(cause)
      const message = 'The app did not accept the sign-in. See the log of its server.'
      throw new AuthError('rejected', message, { serverCode: 'sign_in_refused', cause })
    }
  }

  return async (grant, { call: { request, cookie }, state, returnTo }) => {
    const session = toSession(grant, now())
    // Before the cookies: to set them ends the session that this browser has.
    const target = await ask({ session, state, returnTo, request })
    const { setCookies, headers } = await sessions.setSession(grant, cookie)
    return {
      setCookies,
      returnTo: target,
      finish(response) {
        // By `http:` no browser binds anything.
        for (const [name, value] of Object.entries(secure ? headers : {})) {
          response.headers.set(name, value)
        }
        return response
      },
    }
  }
}
