import type { AuthChange, AuthEventDetails, AuthEventName } from '../../src/core/events.js'
import type { Session } from '../../src/core/session.js'
import type { Context } from './context.js'
import { pairOf } from './ledger.js'
import { excuseForLoss } from './requests.js'
import { wasAwaited } from './stopped.js'
import { count } from './tally.js'
import { checkInTime, checkTimedOut, timedOutBy } from './timeouts.js'
import type { World } from './world.js'

/** Events that come with a session that was told of before, or found. */
const TELLS_NO_NEWS: ReadonlySet<AuthEventName> = new Set([
  'INITIAL_SESSION',
  'REFRESH_FAILED',
  'SESSION_ENDING',
  'SESSION_EXTENDED',
])

const sessionOf = (world: World, session: Session | null): string | null =>
  world.ledger.access(session)?.mint.session ?? null

/** A session must be one person’s in all its parts. */
export function checkIdentity(world: World, session: Session, where: string): void {
  const { mint } = world.ledger.access(session) ?? {}
  world.verdict.check(
    'identity',
    mint?.user === session.user?.id,
    () => `${where}: the token is ${mint?.user}’s, the session says ${session.user?.id}`,
  )
}

/** Why storage may know nothing of the end of a session, or `null`. */
function excuseForReturn(world: World, session: string): string | null {
  const { facts, jar, noted, endedAt, contexts } = world
  if (facts.storageDamaged) return 'storage damaged'
  // Where no note of it could be written, and the server did not hear of it, the cookies still hold it.
  const troubled = facts.storageTrouble > -Infinity || contexts.some(({ trouble }) => trouble > 0)
  if (jar && !noted.has(session) && troubled) return 'end not saved'
  if (jar && world.overwritten.has(session)) return 'end not seen in time'
  const ends = endedAt.get(session) ?? []
  const awaited = ends.some((end) => wasAwaited(world, session, end))
  return jar && awaited ? 'its sign-in answered later' : null
}

/** Whoever signed out never sees that session again, unless storage lost the note of it. */
export function checkEnded(
  world: World,
  ended: ReadonlySet<string>,
  session: Session | null,
): void {
  const id = sessionOf(world, session)
  const back = id !== null && ended.has(id)
  if (!back) {
    world.verdict.check('stays-signed-out', true, () => '')
    return
  }
  const why = excuseForReturn(world, id)
  world.verdict.check(
    'stays-signed-out',
    why !== null,
    () => 'a session is back that was ended here',
  )
  if (!world.returned.has(id)) {
    world.returned.add(id)
    count(world.verdict.tally, `back ${why}`)
  }
}

function checkSaved(world: World, context: Context, session: Session): void {
  const { mint } = world.ledger.access(session) ?? {}
  if (!mint) return
  const troubled = Math.max(world.facts.storageTrouble, context.trouble) >= mint.at
  world.verdict.check(
    'saved-before-told',
    mint.savedAt !== null || troubled,
    () => `${context.name} is told of token ${mint.index}, which is not stored`,
  )
}

/** Forgets the tokens of a session that its page, which is at its first one now, has heard of before. */
function forgetLater({ tokens }: Context['heard'], { refreshToken }: Session): void {
  for (const pair of [...tokens]) if (pair.startsWith(`${refreshToken} `)) tokens.delete(pair)
}

function checkOrder(world: World, context: Context, [event, session]: AuthChange): void {
  const { heard } = context
  const { mint, times = 0 } = world.ledger.access(session) ?? {}
  if (event === 'SESSION_ENDING' || event === 'SESSION_EXTENDED') return
  if (event === 'INITIAL_SESSION' || event === 'SIGNED_OUT' || !session || !mint) {
    heard.session = mint?.session ?? null
    heard.index = mint?.index ?? -1
    heard.token = mint?.token ?? null
    if (event === 'INITIAL_SESSION') heard.first = session ? pairOf(session) : null
    return
  }
  const news = event === 'TOKEN_REFRESHED'
  //   this context          another one                  a third one
  //                         signs in
  //                                                      saves what a token held elsewhere brought
  //                         hears of that, and goes on   finds that somebody has signed in meanwhile:
  //   hears of both, and of the sign-in once more        that is current again
  const returns = heard.session !== mint.session
  const twice = news && times === 1 && !returns && heard.tokens.has(pairOf(session))
  const back = mint.session === heard.session && mint.index < heard.index
  // Contexts that cannot read each other’s work may get siblings of one parent.
  const { lockBroken, storageDamaged, storageTrouble } = world.facts
  // Where a start finds the cookie of a sign-in before its page has heard of it, and refreshes it, the
  // page is told of its sign-in, and tells the others of it, after the newer token.
  // And where the cookie of a refresh comes after that of a sign-in, a start finds the earlier session.
  // What its context could not save may be found by a start, with another word for the end of its life.
  const unsaved = world.contexts.some(({ trouble }) => trouble > -Infinity)
  // Who cannot read storage refreshes what others have refreshed, and some servers answer that.
  const unread = world.contexts.some(({ blindAt }) => blindAt > -Infinity)
  const overtaken = world.jar !== null && (mint.index === 0 || world.jar.late() || unsaved)
  // From there it goes on to that newer token, which is news once more.
  if (back && world.jar && mint.index === 0) forgetLater(heard, session)
  const excused =
    overtaken || unread || lockBroken !== null || storageDamaged || storageTrouble > -Infinity
  world.verdict.check(
    'events-in-order',
    (!twice && !back) || excused,
    () =>
      `${context.name} hears ${event} of token ${mint.index} ${twice ? 'twice' : `after ${heard.index}`}`,
  )
  // Two exchanges within a second bring equal access tokens, but the refresh token is another.
  const told = event === 'TOKEN_REFRESHED' || event === 'SIGNED_IN'
  world.verdict.check(
    'told-as-refreshed',
    told || mint.session !== heard.session || mint.token === heard.token,
    () => `${context.name} hears ${event} of token ${mint.index} after ${heard.index}`,
  )
  heard.last.set(mint.session, mint.token)
  const isTwin = mint.token !== heard.token && session.accessToken === heard.accessToken
  if (isTwin) count(world.verdict.tally, 'twins')
  heard.token = mint.token
  heard.accessToken = session.accessToken
  if (news) heard.tokens.add(pairOf(session))
  heard.session = mint.session
  heard.index = mint.index
}

/** A sign-out ends whatever session is current by then, also one that its context has not met yet. */
function signedOutSince(world: World, session: string): boolean {
  const since = world.ledger.firstOf(session)?.at ?? Infinity
  return world.contexts.some(({ calls }) =>
    calls.some(({ operation, settledAt }) => operation.type === 'signOut' && settledAt >= since),
  )
}

/**
 * Whether somebody signed in later, whom this context may not have heard of; or earlier, but the page of
 * that sign-in was answered later, when a start had found it in the cookies already.
 */
function wasReplaced(world: World, session: string): boolean {
  const since = world.ledger.firstOf(session)?.at ?? Infinity
  const isLater = ([other, at]: readonly [string, number]): boolean =>
    other !== session && (at >= since || (world.jar !== null && wasAwaited(world, other, since)))
  return [...world.established].some(isLater)
}

const askedToSignOut = ({ calls }: Context): boolean =>
  calls.some(({ operation }) => operation.type === 'signOut')

/** Why the session that a context lost was ended, or `null` when nothing explains it. */
function explainEnd(context: Context, world: World, lost: string, reason: string): string | null {
  const { ledger, signedOut, facts } = world
  if (reason === 'user') return askedToSignOut(context) ? 'user' : null
  if (world.timedOut.has(lost)) return 'timed out'
  if (signedOut.has(lost) || signedOutSince(world, lost)) return 'signed out'
  if (world.lost.has(lost)) return 'lost elsewhere'
  // The cookies of a browser are the truth, and what befalls them befalls the session.
  const gone = world.jar?.whyGone(lost)
  if (gone) return gone
  if (wasReplaced(world, lost)) return 'replaced'
  if (reason === 'storage-cleared' && facts.storageDamaged) return 'storage deleted'
  // Where storage is full, the end of a session shows as an absence.
  const ended = ledger.ended.get(lost)
  if (ended) return ended
  // Such a server has no word against a token that it gave out.
  if (world.wire.forgives && reason === 'refresh-rejected') return null
  const newest = ledger.newest(lost)
  // A write that hung lands over those of a later sign-in, which only the next start finds in the cookies.
  const overwritten = world.jar !== null && reason === 'other-context'
  if (overwritten && newest && facts.storageTrouble >= newest.at) return 'storage silent'
  const excuse = world.reused.get(lost) ?? (newest ? excuseForLoss(world, newest) : null)
  return excuse && `${world.options.rotation}: ${excuse}`
}

/** Judges the end of a session in a context. */
function checkEnd(world: World, context: Context, detail: AuthEventDetails['SIGNED_OUT']): void {
  const { reason, error } = detail
  const lost = context.heard.session
  if (lost === null) return
  const timedOut = timedOutBy(reason, error)
  if (timedOut) {
    checkTimedOut(world, context, { reason: timedOut, lost })
    world.timedOut.add(lost)
  }
  const why = explainEnd(context, world, lost, reason)
  world.verdict.check(
    'not-lost',
    why !== null,
    () => `${context.name} loses its session because ${reason}`,
  )
  const byPerson = why === 'user' || why === 'signed out' || why === 'replaced'
  if (!byPerson && !world.lost.has(lost)) {
    world.lost.add(lost)
    count(world.verdict.tally, `ended ${why}`)
  }
}

/** What cookies hold of a session is not believed at a start that can know of its end. */
function checkStart(world: World, context: Context, session: Session | null): void {
  const { jar, noted, facts, options, signedOut } = world
  if (!jar) return
  const id = sessionOf(world, session)
  const at = id !== null && signedOut.has(id) ? (noted.get(id) ?? Infinity) : Infinity
  const known = at + (options.lag ?? 0) < context.openedAt
  world.verdict.check(
    'resumes-nobody-ended',
    !known || facts.storageDamaged || facts.storageTrouble >= context.openedAt,
    () => `${context.name} starts with a session that a person has ended`,
  )
}

/** Judges one event as a listener hears it. */
export function hear(world: World, context: Context, change: AuthChange): void {
  const [event, session, detail] = change
  if (context.status === 'crashed') return
  const { events } = context.heard
  const { mint } = world.ledger.access(session) ?? {}
  const reason = 'reason' in detail ? detail.reason : ''
  world.trace(context.name, `hears ${event} ${mint ? `token ${mint.index}` : reason}`)
  world.verdict.check(
    'initial-first',
    (event === 'INITIAL_SESSION') === (events.length === 0),
    () => `${context.name} hears ${event} after ${events.length} events`,
  )
  events.push(event)
  // What failed before is not known of a session that comes anew, though it be the same.
  // Nor of one that goes on under the name of its sign-in, where a start was faster than that.
  const renamed =
    world.jar !== null && event === 'TOKEN_REFRESHED' && mint?.token === context.heard.token
  if (event === 'SIGNED_IN' || renamed) context.freshAt = world.clock.monotonic()
  // A token from elsewhere that is the same person’s replaces the session as TOKEN_REFRESHED.
  const arrives =
    event === 'SIGNED_IN' || event === 'TOKEN_REFRESHED' || event === 'INITIAL_SESSION'
  if (arrives && mint && !world.established.has(mint.session)) {
    world.established.set(mint.session, world.clock.monotonic())
  }
  if (reason === 'user' && context.heard.session) {
    context.heard.ended.add(context.heard.session)
    context.ended.add(context.heard.session)
    world.signOut(context.heard.session)
  }
  if (event === 'INITIAL_SESSION') checkStart(world, context, session)
  if (event === 'SIGNED_OUT') checkEnd(world, context, detail)
  if (event === 'INITIAL_SESSION' && session) checkInTime(world, context, session)
  checkOrder(world, context, change)
  // Events that were waiting when a person signed out still come, before the end of their session.
  checkEnded(world, context.heard.ended, session)
  if (!session) return
  checkIdentity(world, session, `${event} in ${context.name}`)
  if (!TELLS_NO_NEWS.has(event)) checkSaved(world, context, session)
}
