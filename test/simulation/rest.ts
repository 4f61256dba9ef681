import { boundOf, checkBound } from './calls.js'
import type { Context } from './context.js'
import { checkEnded, checkIdentity } from './events.js'
import { heal } from './faults.js'
import { pairOf, type Tokens } from './ledger.js'
import { count } from './tally.js'
import { KEY, type World } from './world.js'

const DAY = 86_400_000
/** Longer than the longest backoff, and than a storage that has just come back needs. */
const CALM = 95_000

/** Longer than the longest pause of a client whose server refused it for a reason that it does not know. */
const LONGEST_PAUSE = 960_000
/** What ends a session, and so tells that nobody is signed in. */
const ENDS = ['refresh_rejected', 'idle_timeout', 'absolute_timeout']

const running = (world: World): Context[] =>
  world.contexts.filter(({ status }) => status === 'running')

/** What storage says, read with nothing of Holdfast: the tokens that a new tab would find. */
function stored(world: World): Tokens | null {
  const { entries } = world.browser.storage
  try {
    const pointer = JSON.parse(entries.get(KEY) ?? 'null')
    return JSON.parse(entries.get(`${KEY}.${pointer?.id}`) ?? 'null')?.session ?? null
  } catch {
    // Damaged by hand, and no context was left to find it: a new tab would find nothing.
    return null
  }
}

/**
 * A context that crashes between its two writes, or cannot make them, leaves one behind; so does one
 * that is gone before it sees that its sign-in is over: another sign-in needs no lock, and may move the
 * pointer between its last look and its last write.
 */
const mayLeaveTraces = ({ facts, contexts }: World): boolean =>
  facts.storageDamaged ||
  facts.storageTrouble > -Infinity ||
  contexts.some(
    ({ status, blindAt }) =>
      status === 'crashed' || status === 'disposed' || blindAt > Number.NEGATIVE_INFINITY,
  )

function checkAgreement(world: World): void {
  const disk = stored(world)
  const index = (tokens: Tokens | null): string =>
    tokens === null ? 'nobody' : `token ${world.ledger.access(tokens)?.mint.index}`
  for (const context of running(world)) {
    const { session } = context.auth.getSnapshot()
    world.verdict.check(
      'rest-agreement',
      (session && pairOf(session)) === (disk && pairOf(disk)),
      () => `${context.name} holds ${index(session)}, storage ${index(disk)}`,
    )
    checkEnded(world, context.ended, session)
    if (session) checkIdentity(world, session, `at rest ${context.name}`)
  }
  // Nothing of a session survives its end, but what is known of the server may while it goes on.
  const kept = [...world.browser.storage.entries.keys()].filter((key) => key.startsWith(`${KEY}.`))
  // And what a tab wrote of its use that had not heard of the end; the next sign-in writes over it.
  const always = ['.flows', '.timeouts']
  const beside = disk === null ? always : [...always, '.patience']
  const slots = kept.filter((key) => !beside.some((name) => key.endsWith(name)))
  world.verdict.check(
    'rest-agreement',
    slots.length <= 1 || world.facts.lockBroken !== null || mayLeaveTraces(world),
    () => `storage keeps ${slots.length} sessions`,
  )
}

/** Left in place, it would be taken over again after the next sign-out. */
function checkTakenOver(world: World): void {
  const { verdict, browser, options, wire } = world
  if (options.start !== 'take-over') return
  const gone = !browser.storage.entries.has(wire.foreignKey)
  if (gone) count(verdict.tally, 'taken over')
  verdict.check(
    'taken-over',
    gone || mayLeaveTraces(world) || world.contexts.some(({ trouble }) => trouble > -Infinity),
    () => 'the session of the other library is still there',
  )
}

/** Opens contexts at once, where cookies may know better than storage. */
async function checkStarts(world: World): Promise<void> {
  if (!world.jar) return
  const [one, two] = [world.open(), world.open()]
  await quiet(world)
  // In a pause that an outage has left they ask after it, and tell the server again of a sign-out.
  await checkFound(world)
  await quiet(world)
  // One of them may have refreshed it by the time at which the other one starts, or learnt by that refresh
  // that the server has ended it, or that the cookie is gone or another's.
  const [first, second] = [one, two].map(({ heard }) => heard.first?.split(' ')[0])
  const ended = [one, two].some(({ heard }) => heard.events.includes('SIGNED_OUT'))
  world.verdict.check(
    'starts-agree',
    first === second || ended,
    () => `${one.name} and ${two.name} start at once, with different sessions`,
  )
  checkAgreement(world)
}

/** Whoever storage names is whom the requests of this browser are from. */
function checkOnePerson(world: World): void {
  const { jar, wire } = world
  if (!jar) return
  const named = world.ledger.access(stored(world))?.mint.session ?? null
  const { session = null } = jar.cookie ?? {}
  const alive = wire.sessions().some(({ id }) => id === session)
  world.verdict.check(
    'one-person',
    named === session || (named === null && !alive),
    () => `storage names session ${named}, the cookies ${session}`,
  )
}

/** Waits until no request has left for a while, and what the last one brought has been heard of. */
async function quiet({ clock, ledger }: World): Promise<void> {
  for (let before = -1; before !== ledger.departures(); ) {
    before = ledger.departures()
    await clock.advance(15_000)
  }
}

/** Whoever is still signed in can get a new token, unless the server has ended the session. */
async function checkWorks(world: World): Promise<void> {
  const [context] = running(world)
  const { session } = context?.auth.getSnapshot() ?? {}
  if (!context || !session) return
  const { mint } = world.ledger.access(session) ?? {}
  const call = context.do({ type: 'refresh', refreshes: true })
  await quiet(world)
  const after = context.auth.getSnapshot().session
  const { mint: fresh } = world.ledger.access(after) ?? {}
  // Whether a session that is gone was lost has been judged when its end was heard.
  world.verdict.check(
    'rest-works',
    call.settled && (after === null || (fresh !== undefined && fresh.session === mint?.session)),
    () => `${context.name} cannot refresh the session that it holds`,
  )
}

/** Judges every call that still waits. */
export function checkWaiting(world: World): void {
  for (const context of world.contexts) {
    if (context.status === 'crashed' || context.status === 'frozen') continue
    for (const call of context.calls) if (!call.settled) checkBound(world, call)
  }
}

/** Lets the time of every session run out, where it does. */
async function outlast({ clock, options: { timeouts } }: World): Promise<void> {
  if (!timeouts) return
  await clock.advance(Math.min(timeouts.idle, timeouts.absolute) + CALM)
}

/** Whether a context shows that it does not know whether somebody is signed in. */
function isUnknown({ auth }: Context): boolean {
  const { status, error } = auth.getSnapshot()
  return status === 'signed-out' && error !== null && !ENDS.includes(error.code)
}

/** Judges before anybody asks, or looks at a tab: both would bring the next try. */
async function checkFound(world: World): Promise<void> {
  if (running(world).some(isUnknown)) await world.clock.advance(LONGEST_PAUSE)
  // Without `autoRefresh` a client asks when somebody calls.
  if (world.options.autoRefresh === false) {
    for (const context of running(world)) if (isUnknown(context)) context.do({ type: 'get' })
    await quiet(world)
  }
  for (const context of running(world)) {
    const { name, auth } = context
    world.verdict.check(
      'found-out',
      !isUnknown(context),
      () => `${name} still does not know who is signed in: ${auth.getSnapshot().error?.code}`,
    )
  }
}

/** Ends all faults, lets everything settle, and judges what is left. */
export async function rest(world: World): Promise<void> {
  const { clock, wire, verdict } = world
  wire.setAccessTokenLifetime(DAY)
  heal(world)
  world.calm = true
  await clock.advance(CALM)
  await outlast(world)
  await checkFound(world)
  for (const { tab } of running(world)) tab.focus()
  await clock.advance(5_000)
  for (const context of running(world)) context.do({ type: 'get' })
  await quiet(world)
  if (world.contexts.some(({ calls }) => calls.some(({ settled }) => !settled))) {
    await clock.advance(boundOf(world))
  }
  checkWaiting(world)
  if (verdict.violation()) return
  checkAgreement(world)
  checkTakenOver(world)
  await checkStarts(world)
  await checkWorks(world)
  await clock.advance(5_000)
  checkAgreement(world)
  await checkStarts(world)
  checkOnePerson(world)
  for (const context of running(world)) context.do({ type: 'dispose' })
  await clock.advance(30_000)
  verdict.check(
    'silent-after-dispose',
    clock.pending() === 0,
    () => `${clock.pending()} timers are left after dispose()`,
  )
}
