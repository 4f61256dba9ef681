import type { EngineContext } from './context.js'
import { AuthError, isAuthError } from './errors.js'
import { missing } from './known.js'
import type { ActionHost, CallOptions } from './provider.js'
import type { Reads } from './reads.js'
import { isSamePerson, type SessionRecord } from './record.js'
import type { SessionUser } from './session.js'

/** Finds out whose session there is. */
type Find<User extends SessionUser> = (options?: CallOptions) => Promise<SessionRecord<User> | null>

/** How actions are run that carry the session. */
export interface WithSession<User extends SessionUser> {
  /**
   * Runs a call with the working session. When the server refuses its token for good, that one is
   * exchanged, and the call runs once more, as the same person. `find` gives the session instead, for a call
   * that carries no token of it.
   * @throws AuthSessionMissingError when nobody is signed in.
   * @throws AuthError `superseded` when somebody else has signed in since the call was made.
   * @throws AuthError what the call does; what the exchange does, when it fails.
   */
  withRecord<T>(
    call: (record: SessionRecord<User>) => Promise<T>,
    options?: CallOptions,
    find?: Find<User>,
  ): Promise<T>
  /** As `withRecord`, with one request to the provider, within its time. */
  readonly withSession: ActionHost<User>['withSession']
}

/** Makes how actions of one client carry its session. */
export function createWithSession<User extends SessionUser>(
  context: EngineContext<User>,
  { held, current, replace }: Reads<User>,
  wait: <T>(promise: Promise<T>, options?: CallOptions) => Promise<T>,
): WithSession<User> {
  const { provider, request } = context
  const withRecord: WithSession<User>['withRecord'] = async (call, options, find = current) => {
    const begun = held()
    const record = await find(options)
    if (!record) throw missing(context, 'Nobody is signed in.')
    //   the app                this call               somebody else
    //   acts as Ada
    //                          waits for her token
    //                                                  signs in
    //                          has Grace's token: the action is not hers
    if (begun && !isSamePerson(begun, record)) {
      throw new AuthError('superseded', 'Somebody else has signed in since the request was made.')
    }
    try {
      return await call(record)
    } catch (error) {
      const refused = find === current && isAuthError(error) && provider.refusesToken?.(error)
      if (!refused || !record.session.refreshToken) throw error
      return call(await replace(record, options))
    }
  }
  return {
    withRecord,
    withSession: (send, options) =>
      withRecord(
        ({ session }) => wait(request((its) => send(session, its), options?.signal)),
        options,
      ),
  }
}
