import { isAuthError } from '../../src/core/errors.js'
import type { Session } from '../../src/core/session.js'
import type { Context } from './context.js'
import { checkEnded, checkIdentity } from './events.js'
import type { Access } from './ledger.js'
import { foundOld, isSlow } from './stopped.js'
import { count } from './tally.js'
import { checkInTime } from './timeouts.js'
import type { World } from './world.js'

/** Something that an app asks of its client. */
export type Operation =
  | { readonly type: 'get' | 'refresh' | 'signOut' | 'dispose'; readonly refreshes?: boolean }
  | { readonly type: 'signIn'; readonly email: string; readonly refreshes?: boolean }
  | {
      readonly type: 'foreign'
      readonly token: string
      readonly makeCurrent: boolean
      readonly refreshes: true
    }

/** One call of an app, until it has settled. */
export interface Call {
  readonly operation: Operation
  readonly context: Context
  /** Monotonic time of the call. */
  readonly at: number
  /** The same, less the time in which the context was stopped. */
  since: number
  /** How many requests had left any context. */
  readonly departures: number
  readonly user: string | null
  settled: boolean
  /** Monotonic time; Infinity until then. */
  settledAt: number
}

/**
 * No call waits longer, in ms: a turn of each that is before it in the line for the lock (22 s, and two lags of storage), ten
 * at the most, then three rounds of a request (10 s) and the calls to storage around it (2 s each), and as much again
 * behind an earlier run.
 */
export const boundOf = ({ contexts: { length } }: World): number =>
  2 * (23_000 * Math.min(10, length) + 3 * (10_000 + 6 * 2_000))

/** Runs it; resolves to the session that the caller got, or `undefined` where it gets none. */
async function run(context: Context, operation: Operation): Promise<Session | null | undefined> {
  const { auth } = context
  switch (operation.type) {
    case 'get':
      return auth.getSession()
    case 'refresh':
      return (await auth.refreshSession()).session
    case 'foreign': {
      const { token, makeCurrent } = operation
      return (await auth.refreshSession(token, { makeCurrent })).session
    }
    case 'signIn':
      return context.signIn(operation.email)
    case 'signOut':
      await auth.signOut()
      return undefined
    case 'dispose':
      auth.dispose()
      return undefined
  }
}

/** What a wall time with fractions of a ms loses of them, in ms: it has 53 bits. */
const ROUNDING = 0.001

/** By how many ms a token may seem younger to a context than it is. */
function slackOf({ options }: World, { mint, delay }: Access, { name }: Context): number {
  // Between hosts the way of a token through storage counts as none.
  if (options.clocks === 'many') return 5_000
  //   this context          another one
  //                         writes that it saves a token, and storage hangs
  //   finds no such token
  //                         storage has it, long after
  //   finds it              is as old as it was when it was saved, and came after the last look
  // Of a host with another clock the same would be true, and the token new.
  return ROUNDING + (mint.by === name ? 0 : delay)
}

function checkAlive(world: World, session: Session, context: Context): void {
  const { clock, facts } = world
  const access = world.ledger.access(session)
  if (!access || facts.clockJump >= access.departed) return
  if (foundOld(world, context, access.mint.token, access.departed)) return
  const slack = slackOf(world, access, context)
  const left = access.lifetime - (clock.monotonic() - access.at) + slack
  world.verdict.check(
    'alive',
    left > 0,
    () => `${context.name} is served a token that died ${-left} ms ago`,
  )
}

function checkResult(world: World, call: Call, session: Session): void {
  const { context, operation } = call
  const access = world.ledger.access(session)
  checkIdentity(world, session, `${operation.type} in ${context.name}`)
  if (operation.type === 'get') {
    checkAlive(world, session, context)
    checkInTime(world, context, session)
    checkEnded(world, context.ended, session)
  }
  if (operation.refreshes) {
    world.verdict.check(
      'asked-after',
      (access?.departure ?? -1) >= call.departures,
      () => `${operation.type} in ${context.name} is answered with an older session`,
    )
  }
  const owner = operation.type === 'foreign' ? world.ledger.mint(operation.token)?.user : call.user
  if (operation.type === 'refresh' || operation.type === 'foreign') {
    world.verdict.check(
      'own-answer',
      owner === null || owner === session.user?.id,
      () => `${operation.type} in ${context.name} gets the session of ${session.user?.id}`,
    )
  }
}

function checkError(world: World, call: Call, error: unknown): void {
  const { context, operation } = call
  const known = isAuthError(error)
  world.verdict.check('closed-codes', known, () => `${operation.type} throws ${String(error)}`)
  world.trace(context.name, `${operation.type} fails: ${known ? error.code : error}`)
  if (known) count(world.verdict.tally, `failed ${operation.type} ${error.code}`)
}

/** Makes a context do something, and judges what comes of it. */
export function perform(world: World, context: Context, operation: Operation): Call {
  const { auth } = context
  const held = world.ledger.access(auth.getSnapshot().session)?.mint
  const call: Call = {
    operation,
    context,
    at: world.clock.monotonic(),
    since: world.clock.monotonic(),
    departures: world.ledger.departures(),
    user: held?.user ?? null,
    settled: false,
    settledAt: Infinity,
  }
  world.trace(context.name, `calls ${operation.type}`)
  count(world.verdict.tally, `call ${operation.type}`)
  if (operation.type === 'dispose') {
    context.status = 'disposed'
    context.departuresAtDispose = world.ledger.departures()
  }
  if (operation.type === 'signOut' && held) {
    context.ended.add(held.session)
    world.signOut(held.session)
  }
  context.calls.push(call)
  const settle = (): void => {
    call.settled = true
    call.settledAt = world.clock.monotonic()
    checkBound(world, call)
  }
  run(context, operation).then(
    (session) => {
      settle()
      world.trace(context.name, `${operation.type} is done`)
      if (session) checkResult(world, call, session)
    },
    (error: unknown) => {
      settle()
      checkError(world, call, error)
    },
  )
  return call
}

/** Judges how long a call has taken so far. */
export function checkBound(world: World, call: Call): void {
  const waited = world.clock.monotonic() - call.since
  const tally = world.verdict.tally
  if (!isSlow(world, call.context)) {
    tally['most ms waited'] = Math.max(tally['most ms waited'] ?? 0, waited)
  }
  world.verdict.check(
    'bounded',
    waited <= boundOf(world) || isSlow(world, call.context),
    () => `${call.operation.type} in ${call.context.name} has waited for ${waited} ms`,
  )
}
