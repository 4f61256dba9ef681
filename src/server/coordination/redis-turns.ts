import type { AuthError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { Outcome } from './coordinator.js'
import type { Contender, Legacy, RedisCommands, Sight } from './redis-commands.js'
import type { RedisLink } from './redis-link.js'
import type { RedisRecords } from './redis-records.js'

/** The right to work on a key, held until it is settled or its term is over. */
export interface Turn extends Contender {
  readonly type: 'mine'
  /** When it began: ms since the epoch, by Redis's clock. */
  readonly startedAt: number
}

/** What a call for the turn comes to. */
export type Taken =
  | Turn
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly error: AuthError }

/** Who works on a key, and what came of it. */
export interface RedisTurns {
  /**
   * Waits for a turn, or for what another's came to, if that is no older than `replay` ms. `null`:
   * nothing can be expected of Redis.
   */
  take(key: string, replay: number): Promise<Taken | null>
  /** Ends a turn and hands its outcome to the others, for `replay` ms. */
  succeed(turn: Turn, outcome: Outcome, replay: number): Promise<void>
  /** Ends a turn and tells those who wait for it. */
  fail(turn: Turn, error: unknown): Promise<void>
}

/** What turns are made of; times in ms. */
export interface RedisTurnsOptions {
  readonly link: RedisLink
  readonly commands: RedisCommands
  readonly records: RedisRecords
  readonly term: number
  readonly clock: Clock
}

/** What is asked for. */
interface Wish {
  readonly key: string
  /** How old a result may be, in ms. */
  readonly replay: number
}

/** What `CLAIM` returned. */
interface Claim {
  readonly kind: string
  readonly value: string
  readonly time: number
}

/** Pauses between two looks, in ms: most exchanges take a tenth of a second. */
const PAUSE = { first: 20, factor: 1.5, longest: 250 }
/** How long a failure is kept, in ms: until the slowest of those who wait have looked. */
const FAILURE_LIFE = 2_000

/** A client may be set to give buffers for strings, and strings for numbers. */
function parseClaim(reply: unknown): Claim | null {
  if (!Array.isArray(reply)) return null
  const [kind, value, time]: readonly unknown[] = reply
  return { kind: String(kind), value: String(value), time: Number(time) }
}

/** Makes the turns of one process. */
export function redisTurns(options: RedisTurnsOptions): RedisTurns {
  const { link, commands, records, term, clock } = options

  /** The result in this process's time: the clocks of the others do not matter. */
  async function readOutcome(
    { key, replay }: Wish,
    claim: Claim,
    asked: number,
  ): Promise<Outcome | null> {
    const record = await records.openResult(commands.resultName(key), claim.value)
    if (!record) return null
    const age = Math.max(0, claim.time - record.startedAt)
    // Redis would have removed it: somebody put it back.
    if (age - record.took > replay) return null
    const startedAt = asked - age
    const finishedAt = Math.min(asked, startedAt + record.took)
    return { result: { text: record.text, startedAt }, finishedAt }
  }

  /** Looks once: at what it came to, or what to look for next. */
  async function look(contender: Contender & Wish, sight: Sight): Promise<Taken | Sight | null> {
    const { key } = contender
    const asked = clock.now()
    const afterwards = commands.release(contender)
    const reply = await link.call(commands.claim(contender, sight), { afterwards })
    const claim = parseClaim(reply?.value)
    switch (claim?.kind) {
      case 'mine':
        return { key, owner: contender.owner, type: 'mine', startedAt: claim.time }
      case 'theirs':
        return { ...sight, other: claim.value }
      case 'done': {
        const outcome = await readOutcome(contender, claim, asked)
        return outcome ? { type: 'done', outcome } : { ...sight, unreadable: claim.value }
      }
      case 'failed': {
        const name = commands.failureName(key, sight.other)
        const error = await records.openFailure(name, claim.value)
        return error ? { type: 'failed', error } : { ...sight, other: '' }
      }
      default:
        return null
    }
  }

  /** Others must not wait for a turn that is over, so an outage does not keep this from trying. */
  async function settle(turn: Turn, legacy: Legacy): Promise<void> {
    const command = commands.settle(turn, legacy)
    await link.call(command, { urgent: true, afterwards: command })
  }

  return {
    async take(key, replay) {
      const contender = { key, replay, owner: crypto.randomUUID() }
      let seen: Taken | Sight | null = { other: '', unreadable: '' }
      // A lock is over after its term; whoever had it next may have been lost too.
      const end = clock.monotonic() + 2 * term
      for (let pause = PAUSE.first; clock.monotonic() < end; ) {
        seen = await look(contender, seen)
        if (!seen || 'type' in seen) return seen
        await new Promise<void>((resolve) => clock.schedule(pause, resolve))
        pause = Math.min(pause * PAUSE.factor, PAUSE.longest)
      }
      return null
    },
    async succeed(turn, { result, finishedAt }, replay) {
      const name = commands.resultName(turn.key)
      const took = Math.max(0, finishedAt - result.startedAt)
      const record = { text: result.text, startedAt: turn.startedAt, took }
      await settle(turn, { name, sealed: await records.sealResult(name, record), life: replay })
    },
    async fail(turn, error) {
      const name = commands.failureName(turn.key, turn.owner)
      const sealed = await records.sealFailure(name, error)
      await settle(turn, { name, sealed, life: FAILURE_LIFE })
    },
  }
}
