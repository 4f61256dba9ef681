import type { Context } from './context.js'
import type { Mint, Sent } from './ledger.js'
import { checkPace } from './pace.js'
import { contextOf, foundOld, wasAwaited, wasSlow, wasStopped } from './stopped.js'
import { count } from './tally.js'
import type { World } from './world.js'

/** Rounding may make a token due this much earlier than the server knows, in ms. */
const SLACK = 1_000

/** Why another context may not have known that a token was being traded, or `null`. */
function excuseForTwo(world: World, earlier: Sent): string | null {
  if (world.facts.lockBroken) return `lock: ${world.facts.lockBroken}`
  if (wasStopped(world, earlier.by, earlier.at)) return 'holder frozen'
  // A lease lies in storage; and a critical section may outlast a wait whose storage hangs.
  if (world.facts.storageTrouble >= earlier.at) return 'storage in trouble'
  return null
}

/** After so many ms, nobody waits any more for a lock that a fault held up. */
const HELD_UP = 60_000

/** Why a lock may be late, or `null`: that others are before one in the line is no reason. */
export function excuseForLate(world: World, name: string): string | null {
  const { facts, contexts, clock } = world
  const since = clock.monotonic() - HELD_UP
  // Who cannot read storage sees nothing of what others do in their turns.
  if ((contextOf(world, name)?.blindAt ?? -1) >= since) return 'reads failed'
  if (facts.lockBroken) return facts.lockBroken
  if (contexts.some(({ name }) => wasStopped(world, name, since))) return 'holder stopped'
  // Others wait for as long as a turn takes where timers come in time.
  if (contexts.some((context) => wasSlow(world, context, since))) return 'holder hidden'
  if (facts.untraced >= since) return 'turns without a trace'
  // A lease lies in storage; and a critical section may outlast a wait whose storage hangs.
  return facts.storageTrouble >= since ? 'storage in trouble' : null
}

/** Why the cookies of a browser may not hold what a token was traded for, or `null`. */
function excuseForCookie(world: World, mint: Mint): string | null {
  if (mint.jarredAt === null) return 'cookie lost'
  const gone = world.jar?.whyGone(mint.session)
  if (gone) return gone
  return world.facts.lockBroken && `lock: ${world.facts.lockBroken}`
}

/** Why the tokens that a token was traded for may not be known any more, or `null`. */
export function excuseForLoss(world: World, mint: Mint): string | null {
  const context = contextOf(world, mint.by)
  // There storage has names only: what a write has lost, the next start finds in the cookies.
  if (world.jar) return excuseForCookie(world, mint)
  if (!mint.delivered)
    return wasStopped(world, mint.by, mint.at) ? 'crash before answer' : 'answer lost'
  if (mint.savedAt === null) {
    if (world.facts.storageTrouble >= mint.at || (context?.trouble ?? -1) >= mint.at) {
      return 'save failed'
    }
    if (wasStopped(world, mint.by, mint.at)) return 'crash before save'
  }
  if (world.facts.storageDamaged) return 'storage damaged'
  // Where storage does not answer, a context goes on with what it knows rather than not at all.
  if (world.facts.storageTrouble >= mint.at) return 'storage silent'
  if (world.facts.lockBroken) return `lock: ${world.facts.lockBroken}`
  return null
}

/** Why a sender could not see what a token had been traded for, or `null`. */
function blindness(world: World, sent: Sent, child: Mint): string | null {
  // The lease of a frozen holder is taken over; its answer may come all the same.
  const left = world.ledger.departed(sent.departure)
  const unsaved = left <= (child.savedAt ?? Infinity) + (world.options.lag ?? 0)
  if (unsaved && wasStopped(world, child.by, child.at)) return 'holder frozen'
  if (world.facts.storageTrouble >= sent.at) return 'storage in trouble'
  // Who cannot read sends what was traded, and writes over what brought the others.
  if (world.contexts.some(({ blindAt }) => blindAt >= child.at)) return 'reads failed'
  // A sign-out that could not be written leaves nothing that others could read.
  if (world.signedOut.has(child.session)) return 'signed out elsewhere'
  // It was stopped between its look at storage and its request.
  return wasStopped(world, sent.by, child.at) ? 'sender frozen' : null
}

/** Remembers why the server was shown a token that it refused: the newest may be saved later. */
export function noteReuse(world: World, sent: Sent): void {
  const { ledger, reused } = world
  const session = ledger.mint(sent.token)?.session ?? ''
  const newest = ledger.newest(session)
  if (!newest || reused.has(session)) return
  const child = ledger.children(sent.token).at(-1)
  // Who did not see that a token was traded may send it. That ends a session only where the server ends it.
  const goesOn = world.options.rotation === 'refusing'
  const unseen = child && !goesOn ? blindness(world, sent, child) : null
  reused.set(session, excuseForLoss(world, newest) ?? unseen)
}

function checkRepeats(world: World, sent: Sent): void {
  const { verdict, ledger } = world
  const earlier = ledger.sent.filter(
    (other) => other.token === sent.token && other !== sent && !other.revocation,
  )
  const flying = earlier.find((other) => other.landedAt === Infinity)
  const two = flying ? excuseForTwo(world, flying) : null
  verdict.check(
    'one-in-flight',
    !flying || two !== null,
    () => `${sent.by} sends a token that ${flying?.by} has in flight`,
  )
  if (flying) {
    count(verdict.tally, `repeat ${two}`)
    return
  }
  const traded = earlier.find((other) => other.outcome === 'answered')
  const child = ledger.children(sent.token).at(-1)
  const excuse =
    traded && child ? (excuseForLoss(world, child) ?? blindness(world, sent, child)) : null
  verdict.check(
    'sent-once',
    !traded || excuse !== null,
    () => `${sent.by} sends a token that ${traded?.by} has traded already`,
  )
  if (traded) count(verdict.tally, `repeat ${excuse}`)
  else if (earlier.length > 0) count(verdict.tally, `repeat ${earlier.at(-1)?.outcome}`)
}

/** Whether every page of a browser must have heard of a token that another one was given. */
function isHeard(world: World, mint: Mint): boolean {
  const { lockBroken, storageDamaged, storageTrouble } = world.facts
  const told = mint.delivered && mint.savedAt !== null && !wasStopped(world, mint.by, mint.at)
  return told && !lockBroken && !storageDamaged && storageTrouble < mint.at
}

/** The page of a sign-in tells all of its first token, though a start has traded that by then. */
const isOvertaken = (world: World, held: Mint, mint: Mint): boolean =>
  held.index === 0 && wasAwaited(world, held.session, mint.at)

/**
 * The token by which a context goes. Where cookies hold it, the server trades the newest, of which a
 * page may not have heard: then it goes by the one whose name it has; `null` where that is gone.
 */
function knownToPage(world: World, context: Context, { token, named }: Sent): string | null {
  const mint = world.ledger.mint(token)
  const held = world.ledger.access(context.auth.getSnapshot().session)?.mint
  if (named && mint?.session !== named) {
    // It wanted another session's next token, before it knew that the cookies hold this one. It goes by what
    // it heard of that one last: the page of a sign-in tells of its first token, though a start has traded that.
    const newest = world.ledger.newest(named)
    const last = context.heard.last.get(named) ?? newest?.token ?? null
    if (!newest || held?.session !== named) return last
    return isHeard(world, newest) && !isOvertaken(world, held, newest) ? newest.token : held.token
  }
  if (!world.jar || !mint || held === mint) return token
  // What was deleted has ended its session since the request was decided on.
  if (!held && world.facts.storageDamaged) return null
  // It asked for that session's next token before it adopted the one that it holds by now.
  if (named === mint.session && held?.session !== named) return token
  const heard = isHeard(world, mint)
  if (!held) return heard ? token : null
  const overtaken = isOvertaken(world, held, mint)
  // A page that could not save counts on from there: what a sibling saves later has fewer refreshes
  // behind it, as far as both know, and is written over.
  const ahead = world.facts.storageTrouble >= held.at
  const believed = heard && mint.session === held.session && !overtaken && !ahead
  return believed ? token : held.token
}

/**
 * Whether a request may carry a newer cookie than its context knew of when it decided to send it: what
 * shows as a repeat where pages hold the tokens, because nothing kept two from sending at once.
 */
function isOutdated(world: World, sent: Sent, since: number): boolean {
  const { facts, jar } = world
  if (!jar) return false
  const stopped = wasStopped(world, sent.by, since)
  return facts.lockBroken !== null || facts.storageTrouble >= since || stopped
}

function checkWarrant(world: World, sent: Sent): void {
  const { verdict, ledger, clock, facts } = world
  const context = contextOf(world, sent.by)
  if (!context) return
  const asked = context.calls.some(({ operation, settled }) => !settled && operation.refreshes)
  const mint = ledger.mint(sent.token)
  const known = knownToPage(world, context, sent)
  // Its session has ended since its request left, for another one that the cookies hold by now.
  if (known === null) return
  sent.held = known
  const { since, due } = ledger.term(known)
  const early = due - clock.monotonic()
  const jumped = facts.clockJump >= since
  const foreign = mint?.by === 'elsewhere'
  // Its answer may have been lost, and is to be had for a while, by whoever tries next.
  // Where cookies hold it, that was asked for by the one that pages knew then: what this one carries is
  // another session's by now.
  const retried = ledger.sent.some(
    (other) =>
      (other.token === sent.token || other.held === known) &&
      other !== sent &&
      !other.revocation &&
      other.outcome !== 'answered',
  )
  // Contexts share what they know of failures: one tries again what another may have spent.
  const failed = world.contexts.some(({ name }) => ledger.failedAt(name) >= since)
  const unanswered = retried || failed || sent.inVain
  const found = foundOld(world, context, sent.token, since)
  // Of a session that only cookies hold, each start has to ask: nobody else knows.
  const warranted =
    early <= SLACK ||
    asked ||
    sent.resume ||
    isOutdated(world, sent, since) ||
    jumped ||
    foreign ||
    unanswered ||
    found
  // A host whose clock is ahead of the writer's cannot tell how old the token is that another has
  // just stored, and may trade it at once. That of its own it knows.
  const another = world.options.clocks === 'many' && mint !== undefined && mint.by !== sent.by
  if (!warranted && another) count(verdict.tally, 'traded twice a life')
  verdict.check(
    world.options.clocks === 'many' ? 'one-per-life' : 'warranted',
    warranted || another,
    () => `${sent.by} sends a token ${early} ms before it is due`,
  )
  // It asks whoever asks it, and knows no session whose patience it could share.
  if (!sent.resume) checkPace(world, context, sent, asked)
}

/** Whether a session is over in a context: it may have been asked for before the session was known. */
const hasEnded = ({ ended, heard, calls }: Context, session: string): boolean =>
  ended.has(session) ||
  (heard.session === session &&
    calls.some(({ operation, settled }) => operation.type === 'signOut' && !settled))

/** Whether time ended a session: a start that finds so tells the server before it tells anybody else. */
const isTimedOut = ({ options, timedOut }: World, { heard }: Context, session: string): boolean =>
  options.timeouts !== undefined && (timedOut.has(session) || heard.events.length === 0)

/** Judges a refresh request as it reaches the server. */
export function checkSend(world: World, sent: Sent): void {
  world.trace('server', `${sent.by} presents token ${world.ledger.mint(sent.token)?.index ?? '?'}`)
  const context = contextOf(world, sent.by)
  // A sign-out that needs a fresh access token trades the refresh token once more, to revoke it.
  const session = world.ledger.mint(sent.token)?.session ?? ''
  if (context && (hasEnded(context, session) || isTimedOut(world, context, session))) {
    sent.revocation = true
    count(world.verdict.tally, 'revocations')
    return
  }
  world.verdict.check(
    'silent-after-dispose',
    context?.status !== 'disposed' || sent.departure < context.departuresAtDispose,
    () => `${sent.by} sends a request after dispose()`,
  )
  checkRepeats(world, sent)
  checkWarrant(world, sent)
}
