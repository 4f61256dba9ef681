import type { AuthError } from '../../core/errors.js'
import type { CallOptions, Purpose } from '../../core/provider.js'
import type { Session } from '../../core/session.js'
import type { HttpRequest } from '../shared/http.js'
import { depsOf } from './area.js'
import type { MfaClient } from './mfa-types.js'
import type { Sender } from './one-person.js'
import type { GoTrueUser } from './types.js'
import { needGrant, type Send } from './wire.js'

/** What goes along with a path. */
type Rest = Pick<HttpRequest, 'method' | 'json'>

/** Sends one request of a proof, with the token of the session as it is then. */
export type Step = (path: string, json: HttpRequest['json']) => Promise<unknown>

/** What all that is about factors sends. */
export interface Requests<Metadata extends object> {
  /** Sends a request of the person's. */
  ask(path: string, rest: Rest, call?: CallOptions): Promise<unknown>
  /** Raises the session by what `prove` gets: a token answer. */
  raise(
    prove: (step: Step) => Promise<unknown>,
    call?: CallOptions,
  ): Promise<Session<GoTrueUser<Metadata>>>
}

/** Makes the requests of one client. `area`: its name, for the message. */
export const createRequests = <Metadata extends object>(
  area: string,
  auth: MfaClient<Metadata>,
): Requests<Metadata> => requestsBy(depsOf(area, auth), auth)

/** Makes the requests that `host` sends. */
export function requestsBy<Metadata extends object>(
  { host, send }: { readonly host: Sender<GoTrueUser<Metadata>>; readonly send: Send },
  auth: MfaClient<Metadata>,
): Requests<Metadata> {
  const ask: Requests<Metadata>['ask'] = (path, rest, call) =>
    host.withSession(
      ({ accessToken: token }, context) => send({ path, token, ...rest }, context),
      call,
    )
  return {
    ask,
    //   this tab                       the server
    //   proves it             ───▶     raises the session: the refresh token so far is poison
    //                         ✕──      answers, and the answer is lost
    //   proves it once more   ───▶     has taken that proof already, and refuses
    //   refreshes at once     ───▶     forgives the old token yet, and answers with `aal2`
    raise(prove, call) {
      /** The session that the server may have raised, unheard. */
      let unsure: Session<GoTrueUser<Metadata>> | undefined
      const purpose: Purpose<GoTrueUser<Metadata>> = {
        event: 'MFA_CHALLENGE_VERIFIED',
        send(session, context) {
          const once = async () =>
            needGrant<Metadata>(
              await prove((path, json) =>
                send({ path, json, token: session.accessToken, keepalive: true }, context),
              ),
            )
          return once().catch((error: AuthError) => {
            if (!error.retryable || error.code === 'rate_limited') throw error
            unsure = session
            return once()
          })
        },
      }
      return host.exchange(purpose, call).catch(async (error: AuthError) => {
        // Only a no of the server's own tells that the first attempt may have reached it.
        if (unsure && !error.retryable && error.status) {
          const { session } = await auth.refreshSession()
          // Somebody else may have signed in since: theirs proves nothing.
          if (session.sessionId === unsure.sessionId && session.aal !== unsure.aal) return session
        }
        throw error
      })
    },
  }
}

/** The server lowers a session without its factor only then; that it did not come brings none back. */
export const lower = <Metadata extends object>(auth: MfaClient<Metadata>): Promise<unknown> =>
  auth.refreshSession().catch(() => {})
