/**
 * Whether something happened within the last `span` ms, by a clock that says `now`; what never
 * happened, did not. A clock that was set back must not make anything last: what would then lie ahead
 * counts as long ago.
 */
export function isLately(at: number | undefined, span: number, now: number): boolean {
  const age = at === undefined ? span : now - at
  return age >= 0 && age < span
}
