import type { Context } from './context.js'
import type { Sent } from './ledger.js'
import { contextOf, wasStopped } from './stopped.js'
import type { World } from './world.js'

/** The part of a delay that jitter leaves at the least: of a refusal's, and while somebody asks. */
const LEAST = { refused: 2 / 3, asked: 1 / 2 }
/** Wall times are written in whole ms. */
const ROUNDING = 2

/** The least time, in ms, that one client lets pass after so many failures of one token. */
function leastPause(failures: number, { status }: Sent): number {
  if (failures === 0) return 0
  const doubled = 2 ** (failures - 1)
  // A definite refusal that ends nothing has a pace of its own, however much somebody asks.
  if (status === 418) return LEAST.refused * Math.min(900_000, 30_000 * doubled)
  const pause = LEAST.asked * Math.min(30_000, 1_000 * doubled)
  // Pages on other origins cannot read `Retry-After`: five seconds are the least.
  return status === 429 ? Math.max(5_000, pause) : pause
}

/** Requests with one token that failed, the latest last; only an answer brings another token. */
const failuresOf = ({ ledger }: World, sent: Sent): Sent[] =>
  ledger.sent.filter(
    (other) =>
      other !== sent &&
      other.token === sent.token &&
      // What failed before a page had heard of that token is not known of it.
      other.held === sent.held &&
      !other.revocation &&
      // A start is about no session yet, so that its failure is not one of this session's refreshes.
      !other.resume &&
      !other.givenUp &&
      !other.renamed &&
      other.landedAt < Infinity &&
      (other.outcome === 'lost' || other.outcome === 'refused'),
  )

/** Why a context may not have known how others fared with its token, or `null`. */
function excuseForHaste(world: World, sent: Sent, failures: readonly Sent[]): string | null {
  const { facts, contexts, ledger } = world
  const [first] = failures
  if (!first) return null
  if (facts.lockBroken) return `lock: ${facts.lockBroken}`
  if (facts.storageDamaged) return 'storage damaged'
  if (facts.storageTrouble >= first.at) return 'storage in trouble'
  if (facts.clockJump >= first.at) return 'clock set'
  if (contexts.some(({ trouble }) => trouble >= first.at)) return 'save failed'
  // Who cannot read what is known of failures cannot add its own.
  if (contexts.some(({ blindAt }) => blindAt >= first.at)) return 'reads failed'
  // What fails with a token that one context alone has is noted beside a token that the others do not
  // have, and they have failures of their own with the one that they have.
  if ((ledger.mint(sent.token)?.savedAt ?? Infinity) > first.at) return 'unsaved token'
  // What another clock wrote may be as old as this context's last look: until it has asked itself.
  const own = failures.some(({ by }) => by === sent.by)
  if (world.options.clocks === 'many' && !own) return 'another clock'
  // It knows nothing of a failure that it did not live to tell of.
  if (failures.some(({ by, at }) => wasStopped(world, by, at))) return 'crash before save'
  const begun = ledger.departed(sent.departure)
  return failures.some(({ landedAt }) => landedAt >= begun) ? 'both in flight' : null
}

/** Judges how soon a request comes after those that failed with the same token. */
export function checkPace(world: World, context: Context, sent: Sent, asked: boolean): void {
  const { verdict } = world
  // With a session that came anew nothing had failed yet.
  const failures = failuresOf(world, sent).filter(({ at }) => at > context.freshAt)
  const last = failures.at(-1)
  if (!last || asked) return
  const waited = sent.at - last.at + ROUNDING
  const own = failures.filter(({ by }) => by === sent.by)
  const mine = own.at(-1)
  if (mine) {
    const pause = leastPause(own.length, mine)
    verdict.check(
      'paced',
      // A clock that is set on looks like a sleep, in which pauses pass.
      sent.at - mine.at + ROUNDING >= pause || world.facts.clockJump >= mine.at,
      () => `${sent.by} tries again after ${sent.at - mine.at} ms, not ${pause}`,
    )
  }
  const excuse = excuseForHaste(world, sent, failures)
  // Since its last look it can only go by what the writer's clock says: one that is behind its own
  // makes a failure look older by as much, and no more.
  const behind = Math.max(0, context.ahead - (contextOf(world, last.by)?.ahead ?? 0))
  const pause = leastPause(failures.length, last) - behind
  verdict.check(
    'one-patience',
    waited >= pause || excuse !== null,
    () =>
      `${sent.by} tries ${sent.at - last.at} ms after ${last.by} has failed, ` +
      `the ${failures.length}th time, not ${pause}`,
  )
}
