/** How many are driven in one run of `npm run test:all`. */
const AT_ONCE = 2

const DAY = 24 * 3_600_000

/** Those whose turn it is on the day of `now` (ms since the epoch): each comes within as many days as there are. */
export function turnsOf<Item>(all: readonly Item[], now: number): readonly Item[] {
  const day = Math.floor(now / DAY)
  // Half a round apart, so that neighbours in the list, which have much in common, do not come together.
  const apart = Math.ceil(all.length / AT_ONCE)
  const places = Array.from({ length: AT_ONCE }, (_, index) => (day + index * apart) % all.length)
  return [...new Set(places)].flatMap((place) => all.slice(place, place + 1))
}
