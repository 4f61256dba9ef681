import type { Grant, SessionUser } from './session.js'
import type { Resume, SourceDesk } from './session-source.js'
import type { Observation } from './state.js'

/** Makes what a provider needs whose tokens lie in cookies that no script can read. */
export const resumeWith = <User extends SessionUser>(ask: Resume<User>['ask']): Resume<User> => ({
  ask,
  find: (desk) => find(desk, ask),
})

/**
 * Asks the server whose session the cookies of this browser hold, and makes storage say the same.
 * Inside the lock: a sibling that starts as well may have asked by then.
 * @throws the provider's AuthError.
 */
async function find<User extends SessionUser>(
  desk: SourceDesk<User>,
  ask: Resume<User>['ask'],
): Promise<Observation<User> | null> {
  const before = await desk.read()
  const known = before.kind === 'session' ? before.record : null
  const asked = desk.now()
  const grant = await desk.request((its) => ask(known?.session ?? null, its))
  //   this context                  another one
  //   asks the server
  //                                 signs in or out, which needs no lock
  //   is told of the session        storage knows better which one it is, and whether it has ended
  const seen = await desk.read()
  const record = seen.kind === 'session' ? seen.record : null
  // Whoever signed in after the question is not meant by the answer.
  if (grant === undefined || (record && record.lineage !== known?.lineage)) return seen
  const same = record && record.session.sessionId === grant?.sessionId ? record : null
  const ended = grant !== null && !same && wasEnded(seen, grant)
  // Signed out here, but the server has not heard of it.
  if (ended) desk.revoke(grant, asked)
  if (grant === null || ended) {
    if (!record) return seen
    //   other contexts                the browser
    //   refresh Ada's session
    //   sign Ada out, and Grace in    has the cookie of Grace
    //                                 is given that of the refresh: whoever has left, nobody is here now
    await desk.end(record)
    return { kind: 'signed-out', ended: [record.lineage] }
  }
  if (same?.session.accessToken === grant.accessToken) return seen
  await desk.establish(grant, asked, same ?? undefined)
  return null
}

/**
 * Whether storage says that this very session ended: its id is the end of its lineage's name. One that
 * another sign-in has replaced may be current again, where a server has people switch between accounts.
 */
function wasEnded<User extends SessionUser>(
  seen: Observation<User>,
  { sessionId }: Grant<User>,
): boolean {
  const ended = 'ended' in seen && seen.ended
  return !!sessionId && !!ended && ended.some((lineage) => lineage.endsWith(sessionId))
}
