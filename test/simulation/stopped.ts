import type { Context } from './context.js'
import type { World } from './world.js'

/** The context of a name; nothing for what happens elsewhere. */
export const contextOf = (world: World, name: string): Context | undefined =>
  world.contexts.find((context) => context.name === name)

/** After so many ms in the background a tab has its timers once a minute. */
const SLOW_AFTER = 300_000

/** Whether timers come to a context once a minute: there each wait of two seconds is one of two minutes. */
export const isSlow = ({ clock }: World, { hiddenAt }: Context): boolean =>
  clock.monotonic() - hiddenAt >= SLOW_AFTER

/** Whether that was so at some time since `at`. */
export const wasSlow = (world: World, context: Context, at: number): boolean =>
  isSlow(world, context) || context.slowAt >= at

/** Whether a context was not running at some time since `at`. */
export function wasStopped(world: World, name: string, at: number): boolean {
  const context = contextOf(world, name)
  return context?.status !== 'running' || context.frozenAt >= at
}

/**
 * Whether a context could not know how old a token was: its clock is not that of the host which
 * stored it, and it did not see the token arrive.
 */
export function foundOld(world: World, context: Context, token: string, since: number): boolean {
  if (world.options.clocks !== 'many') return false
  // Who is not told of changes finds them late; a writer that is gone may not have told.
  if (world.facts.deaf) return true
  const writer = world.ledger.mint(token)?.by
  if (writer !== undefined && wasStopped(world, writer, since)) return true
  //   this context                  another one
  //   cannot read storage
  //                                 has the token, with an access token of its own
  //   sends the one before, and is given the same token with another access token
  //   reads again, and adopts what was stored, which it did not see arrive
  if (context.blindAt >= since) return true
  const found = context.heard.first?.startsWith(`${token} `) ?? false
  return found || wasStopped(world, context.name, since) || world.facts.storageTrouble >= since
}

/**
 * Whether the page that signs in was still waiting for its answer at a time, in monotonic ms, by which
 * a start in another tab may have found the session in the cookies.
 */
export function wasAwaited({ contexts, ledger }: World, session: string, time: number): boolean {
  const { at = Infinity, by } = ledger.firstOf(session) ?? {}
  return contexts.some(
    ({ name, calls }) =>
      name === by &&
      calls.some(
        ({ operation, at: calledAt, settledAt }) =>
          operation.type === 'signIn' && calledAt <= at && settledAt >= time,
      ),
  )
}
