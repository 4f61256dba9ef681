import type { SessionRecord } from './record.js'
import type { SessionUser } from './session.js'

/**
 * How long, in ms, storage must stay empty before an emptiness counts as a sign-out.
 * Safari has answered reads with nothing while a page was being hidden.
 */
export const CONFIRM_ABSENCE = 1_000

/** One reading of both clocks, in ms, and whether anybody waits for tokens at this time. */
export interface Now {
  readonly wall: number
  readonly monotonic: number
  /** Whether the app asked for a token lately, or the context has just been woken. */
  readonly asked: boolean
}

/** The numbers that a client may set, all in ms. */
export interface Limits {
  /** A refresh runs ahead of need when this much life is left, or a quarter of it. */
  readonly refreshMargin: number
  /** Callers wait for a refresh when this much life is left, or a tenth of it. */
  readonly waitMargin: number
  readonly retryDelay: number
  readonly maxRetryDelay: number
}

/** A moment by both clocks, in ms. */
export type Moment = Pick<Now, 'wall' | 'monotonic'>

/** A session in memory, and when its access token is dead. */
export interface Held<User extends SessionUser> {
  readonly record: SessionRecord<User>
  readonly deadline: Moment
  /** How the record came: the age of the other tokens in it goes by that too. */
  readonly arrived: Arrived
  /** The life at which a refresh should run ahead of need. */
  readonly lead: number
}

/**
 * How much longer than the longest delay of askers a client counts as asked, in ms: whoever asks once
 * gets the next try when it was told, also after a request that ran out of its time.
 */
export const ASKED = 15_000

/** A number in [0, 1) that all contexts derive from a name alike (FNV-1a, 32 bits). */
export function spread(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0) / 2 ** 32
}

/**
 * The life at which a refresh should run ahead of need: the margin that was set, and up to a sixth of
 * the token's life more. Without that part, people who signed in together would refresh together for
 * ever. It is the same at each refresh of a sign-in: somebody whose token is refreshed five minutes
 * before another's is ten minutes ahead the next time.
 */
function marginOf({ lineage, lifetime }: SessionRecord, limits: Limits): number {
  return Math.round(Math.min(limits.refreshMargin, lifetime / 4) + (lifetime / 6) * spread(lineage))
}

/** How a record came to a context's memory. */
export interface Arriving {
  /** How long ago storage did not have it yet, in ms: Infinity when nobody has looked before. */
  readonly sinceLook: number
  /** When it was saved, in ms since the epoch by its writer's clock; `null` where nobody said. */
  readonly savedAt: number | null
}

/** How, and when. */
export interface Arrived extends Arriving {
  readonly now: Now
}

/** A token's whole life in ms, and its end in ms since the epoch by the clock of whoever got it. */
interface Life {
  readonly lifetime: number
  readonly expiresAt: number
}

/** How much of its life a token had lived when it arrived, in ms, as far as a context can know. */
function ageOf({ lifetime, expiresAt }: Life, { now, sinceLook, savedAt }: Arrived): number {
  // It may have been saved since the last look. Then, however the writer's clock differs from this one,
  // its age is what it was when it was saved, and no more than the time since that look.
  const seen = savedAt !== null && sinceLook < Infinity ? savedAt : now.wall
  const since = Math.min(Math.max(now.wall - seen, 0), sinceLook)
  const age = seen - (expiresAt - lifetime)
  // A receipt in the future: the clock went back since, so the age is unknown. Small steps are NTP at
  // work and stay within the margin.
  return age < -lifetime / 10 ? lifetime : Math.max(age, 0) + since
}

/** When a token that arrived so is dead. */
export function deadlineOf(life: Life, arrived: Arrived): Moment {
  const { wall, monotonic } = arrived.now
  const left = life.lifetime - ageOf(life, arrived)
  return { wall: wall + left, monotonic: monotonic + left }
}

/** Starts the life of a record in this context's memory. */
export function hold<User extends SessionUser>(
  record: SessionRecord<User>,
  limits: Limits,
  arrived: Arrived,
): Held<User> {
  const { lifetime, session } = record
  return {
    record,
    deadline: deadlineOf({ lifetime, expiresAt: session.expiresAt }, arrived),
    arrived,
    lead: marginOf(record, limits),
  }
}

/** The life left in ms, by the less trusting of the two clocks. */
export const remaining = ({ deadline }: Pick<Held<SessionUser>, 'deadline'>, now: Now): number =>
  Math.min(deadline.monotonic - now.monotonic, deadline.wall - now.wall)

/** The life at which a caller should rather wait for the next token, for a token of this lifetime. */
export const waitMargin = ({ lifetime }: { readonly lifetime: number }, limits: Limits): number =>
  Math.min(limits.waitMargin, limits.refreshMargin, lifetime / 10)
