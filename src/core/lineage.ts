import type { Environment } from './ports.js'

/** Characters that hold a time in base 36 for longer than anybody counts it. */
const WIDTH = 9

/** The beginning of the names of sign-ins at a time, in ms since the epoch: later ones are greater strings. */
export const timeName = (time: number): string => Math.floor(time).toString(36).padStart(WIDTH, '0')

/** When a sign-in got its name, in ms since the epoch; 0 for names of another making. */
const timeOf = (name: string): number => Number.parseInt(name.slice(0, WIDTH), 36) || 0

/**
 * Names a sign-in so that its name is a greater string than those of `before`, however wrong the clock
 * is. It ends with the `id` of the session, by which its end is known later, or with chance.
 */
export function nameLineage(
  environment: Pick<Environment, 'clock' | 'random'>,
  before: readonly string[],
  id: string | undefined,
): string {
  const time = Math.max(environment.clock.now(), ...before.map((name) => timeOf(name) + 1))
  const end = id || environment.random().toString(36).slice(2, 12)
  return timeName(time) + end
}
