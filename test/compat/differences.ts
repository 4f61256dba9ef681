import type { Told } from './stage.js'

/** A difference on purpose: all else must be the same. */
export interface Difference {
  /** The words of `docs/moving/auth-js.md`. */
  readonly why: string
  /** What the face tells where auth-js tells this. */
  turn(told: Told): Told
}

/** Listeners hear something else. */
export const hears = (
  why: string,
  turn: (events: readonly string[]) => readonly string[],
): Difference => ({ why, turn: ({ result, events }) => ({ result, events: turn(events) }) })

/** Listeners do not hear of it. */
export const silent = (why: string, event: string): Difference =>
  hears(why, (events) => events.filter((heard) => !heard.startsWith(`${event} `)))

/** The session ends, and listeners hear of it at last. */
export const ends = (why: string): Difference =>
  hears(why, (events) => [...events, 'SIGNED_OUT without a session'])

/** A value with another one at a path. */
function put(value: unknown, [name, ...rest]: readonly string[], next: unknown): unknown {
  if (name === undefined) return next
  return { ...Object(value), [name]: put(Object(value)[name], rest, next) }
}

/** A result says something else at a path; the empty one is the whole. */
export const says = (why: string, path: string, next: unknown): Difference => ({
  why,
  turn: ({ result, events }) => ({
    result: put(result, path ? path.split('.') : [], next),
    events,
  }),
})

/** Several differences for one reason. */
export const both = (one: Difference, other: Difference): Difference => ({
  why: one.why,
  turn: (told) => other.turn(one.turn(told)),
})
