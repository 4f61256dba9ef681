import type { SwitchableWake } from '../../environment/switchable-wake.js'
import { Base } from './base.js'
import { AuthInvalidCredentialsError, AuthSessionMissingError } from './errors.js'
import { asCaller, run } from './face.js'
import { listen } from './listen.js'
import type * as Params from './parameters.js'
import { isOver, toAuthError, toResult, toSession } from './translate.js'
import type * as Types from './types.js'
import { NOBODY } from './types.js'

/** @throws AuthSessionMissingError for an empty text. */
function present(token: unknown): string {
  if (typeof token === 'string' && token) return token
  throw new AuthSessionMissingError()
}

/** What is done with a session. */
export class Sessions extends Base {
  /** The current session, with a token that works; no session is no error. */
  getSession(): Promise<Types.SessionResponse> {
    return run(
      this.face,
      async ({ client }) => {
        const session = await client.getSession()
        return { session: session && toSession(session) }
      },
      { session: null },
    )
  }

  /** Makes a session that was kept elsewhere the current one. */
  setSession(currentSession: Params.CurrentSession): Promise<Types.AuthResponse> {
    return run(
      this.face,
      async ({ client }) => {
        const accessToken = present(currentSession?.access_token)
        const refreshToken = present(currentSession?.refresh_token)
        return toResult(await client.setSession({ accessToken, refreshToken }))
      },
      NOBODY,
    )
  }

  /** Gets new tokens: of the current session, or by a token that was kept elsewhere. */
  refreshSession(currentSession?: { refresh_token: string }): Promise<Types.AuthResponse> {
    return run(
      this.face,
      async ({ client }) => {
        const token = currentSession && present(currentSession.refresh_token)
        const refreshed = client.refreshSession(token).catch((cause) => {
          throw toAuthError(cause, true)
        })
        return toResult(await refreshed)
      },
      NOBODY,
    )
  }

  /** Signs out: everywhere unless told otherwise. Here the session always ends, but with `others`. */
  async signOut(options?: Params.SignOut): Promise<Types.ErrorResponse> {
    const { error } = await run(
      asCaller(this.face),
      ({ client }) =>
        client.signOut({ scope: options?.scope ?? 'global' }).catch((cause) => {
          if (!isOver(cause)) throw cause
        }),
      null,
    )
    return { error }
  }

  /**
   * Listens to what happens to the session, `INITIAL_SESSION` first.
   * @throws AuthError without a function.
   */
  onAuthStateChange(callback: Types.AuthStateListener): {
    data: { subscription: Types.Subscription }
  } {
    try {
      const unsubscribe = listen(this.client, callback, this.face.ready)
      return { data: { subscription: { id: Symbol('subscription'), callback, unsubscribe } } }
    } catch (cause) {
      throw toAuthError(cause)
    }
  }

  /**
   * Refreshes ahead of need whether the app is visible or not: for platforms without pages.
   * @throws AuthInvalidCredentialsError for a client that the app made, without its `wake`.
   */
  async startAutoRefresh(): Promise<void> {
    this.#switch().startAutoRefresh()
  }

  /** Refreshes only when somebody wants a token. @throws as `startAutoRefresh` */
  async stopAutoRefresh(): Promise<void> {
    this.#switch().stopAutoRefresh()
  }

  #switch(): SwitchableWake {
    if (this.wake) return this.wake
    throw new AuthInvalidCredentialsError('Pass the `wake` of the client.')
  }

  /** Ends every timer, listener and wait. */
  async dispose(): Promise<void> {
    this.client.dispose()
  }
}
