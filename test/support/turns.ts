const DAY = 24 * 3_600_000

/**
 * Those whose turn it is on the day of `now` (ms since the epoch), two unless told otherwise: each comes within as
 * many days as there are.
 */
export function turnsOf<Item>(all: readonly Item[], now: number, atOnce = 2): readonly Item[] {
  const day = Math.floor(now / DAY)
  // Half a round apart, so that neighbours in the list, which have much in common, do not come together.
  const apart = Math.ceil(all.length / atOnce)
  const places = Array.from({ length: atOnce }, (_, index) => (day + index * apart) % all.length)
  return [...new Set(places)].flatMap((place) => all.slice(place, place + 1))
}
