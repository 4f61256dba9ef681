import type { AuthError } from '../../src/core/errors.js'
import type { TimeoutReason } from '../../src/core/events.js'
import type { Session } from '../../src/core/session.js'
import type { Context } from './context.js'
import { wasStopped } from './stopped.js'
import { count } from './tally.js'
import type { World } from './world.js'

/** When sessions end by themselves, in ms; Infinity for never. */
export interface WorldTimeouts {
  readonly idle: number
  readonly absolute: number
}

/** Somebody at a tab, at a monotonic time. */
interface Use {
  readonly at: number
  readonly by: string
}

/** By how much, in ms, an end may come before or after its time: messages and storage take a while. */
const SLACK = 5_000
/** A clock that was set back by no more than this, in ms, was corrected: nobody distrusts what was noted by it before. */
const CORRECTED = 60_000
/** What a client may not have written down yet, in ms: a tenth of the timeout, and ten seconds at the most. */
const unwritten = ({ idle }: WorldTimeouts): number => Math.min(10_000, idle / 10)

const sessionOf = (world: World, session: Session | null): string | null =>
  world.ledger.access(session)?.mint.session ?? null

/** Somebody presses a key in a tab, if anybody can see it. */
export function use(world: World, context: Context): void {
  const { tab, auth, press } = context
  if (!tab.environment.wake.visible()) return
  const session = sessionOf(world, auth.getSnapshot().session)
  world.trace(context.name, 'is used')
  count(world.verdict.tally, 'uses')
  if (session !== null) {
    const uses = world.uses.get(session) ?? []
    world.uses.set(session, [...uses, { at: world.clock.monotonic(), by: context.name }])
  }
  press()
}

/** What makes the times of a session uncertain to its clients, since it began; `null` for nothing. */
function uncertain(world: World, session: string): string | null {
  const { facts, contexts, ledger } = world
  const first = ledger.firstOf(session)
  if (facts.storageDamaged) return 'storage damaged'
  if (facts.storageTrouble > -Infinity) return 'storage in trouble'
  if (contexts.some(({ trouble, failing }) => trouble > -Infinity || failing > 0)) {
    return 'save failed'
  }
  if (contexts.some(({ blindUntil }) => blindUntil > -Infinity)) return 'reads failed'
  //   this context                  another one
  //                                 signs somebody in, and writes when
  //   does not hear of that         what was known of the sign-in before is written over
  const began = world.established.get(session) ?? 0
  if ([...world.established.values()].some((at) => at > began)) return 'replaced'
  //   this context                  another one
  //   signs in, and is gone before it has written when
  //                                 finds the session, and counts from there
  return first && wasStopped(world, first.by, first.at) ? 'stopped' : null
}

/** How far the clock was set forward between two times: it counts as time that passed, as sleep would. */
const setForward = ({ jumps }: World, since: number, until = Infinity): number =>
  jumps.reduce((sum, { at, by }) => sum + (at >= since && at <= until && by > 0 ? by : 0), 0)

/** How often, and by how many ms in all, the clock was set back since a time. */
function setBack({ jumps }: World, since: number) {
  const back = jumps.filter(({ at, by }) => by < 0 && at >= since)
  return { back, total: back.reduce((sum, { by }) => sum - by, 0) }
}

/**
 * By how many ms a session may last too long because the clock was set back. Notes of use are in wall time, and who
 * did not see that takes a use, or the sign-in, for later than it was; by no more than the clock was set back. A context
 * that has run since knows better, and ends the session for all: which of two settings a note is older than, it cannot
 * know either.
 */
function gained(world: World, context: Context, session: string, { at, by }: Use): number {
  const { back, total } = setBack(world, world.established.get(session) ?? 0)
  const isHeard = !world.facts.deaf && !wasStopped(world, context.name, at)
  const isSeen = back.length === 1 && isHeard && !wasStopped(world, by, at)
  return isSeen ? 0 : total
}

/**
 * Whether a note of use may have come to be one of the future, for a context that knew nothing of the session's use
 * before the clock was set back: it has started since, or stood still, or had just heard of the sign-in. How long
 * nobody came cannot be told by such a note, so that the session is over; until somebody comes, and it is written anew.
 */
function isOfFuture(world: World, session: string, written: number): boolean {
  const { back, total } = setBack(world, written)
  const [first] = back
  if (!first || total <= CORRECTED) return false
  const lately = first.at - SLACK
  const isNew = (world.established.get(session) ?? 0) >= lately
  const finds = ({ openedAt, frozenAt }: Context): boolean =>
    openedAt >= lately || frozenAt >= lately
  return isNew || world.facts.deaf || world.contexts.some(finds)
}

/**
 * Nobody is served a session after its end: what a context knows of its use may be out of date, but
 * only to its disadvantage.
 */
export function checkInTime(world: World, context: Context, session: Session): void {
  const { timeouts } = world.options
  const id = sessionOf(world, session)
  const began = id === null ? undefined : world.established.get(id)
  if (!timeouts || id === null || began === undefined) return
  const now = world.clock.monotonic()
  const start: Use = { at: began, by: world.ledger.firstOf(id)?.by ?? '' }
  let last = start
  for (const each of world.uses.get(id) ?? []) {
    if (each.at <= last.at + timeouts.idle + SLACK) last = each
  }
  const late = Math.max(
    now - last.at - timeouts.idle - gained(world, context, id, last),
    now - began - timeouts.absolute - gained(world, context, id, start),
  )
  world.verdict.check(
    'served-in-time',
    late <= SLACK || uncertain(world, id) !== null,
    () => `${context.name} is served a session that was over ${late} ms ago`,
  )
}

/** Whether the others could know of a use by now. */
function isKnown(world: World, { at, by }: Use, timeouts: WorldTimeouts): boolean {
  const written = at + unwritten(timeouts) + SLACK
  return written <= world.clock.monotonic() && !wasStopped(world, by, at)
}

/** Nobody is signed out whose time is not up: who is there, in any tab, is not idle. */
export function checkTimedOut(
  world: World,
  context: Context,
  { reason, lost }: { readonly reason: TimeoutReason; readonly lost: string },
): void {
  const { timeouts } = world.options
  const began = world.established.get(lost)
  if (!timeouts || began === undefined) return
  count(world.verdict.tally, `timed out ${reason}`)
  const now = world.clock.monotonic()
  let used = began
  let written = began
  for (const each of world.uses.get(lost) ?? []) {
    const own = each.by === context.name
    const known = isKnown(world, each, timeouts)
    if (known) written = each.at
    const passed = each.at - used + setForward(world, used, each.at)
    const counts = passed < timeouts.idle - SLACK
    if (counts && (own || known)) used = Math.max(used, each.at)
  }
  const since = reason === 'idle' ? used : began
  const early = since + timeouts[reason] - setForward(world, since) - now
  world.verdict.check(
    'ended-in-time',
    early <= SLACK || isOfFuture(world, lost, written) || uncertain(world, lost) !== null,
    () => `${context.name} ends a session as ${reason}, ${early} ms too early`,
  )
}

/** Why time ended a session, as far as the end says so. */
export function timedOutBy(reason: string, error: AuthError | undefined): TimeoutReason | null {
  if (reason === 'idle' || error?.code === 'idle_timeout') return 'idle'
  return reason === 'absolute' || error?.code === 'absolute_timeout' ? 'absolute' : null
}
