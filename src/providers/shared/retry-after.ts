/** A wait of more than an hour would be a sign-out. In ms. */
const LONGEST_WAIT = 3_600_000

/**
 * How long to wait, in ms, by either form of RFC 9110 §10.2.3; nonsense is no wish at all. A date
 * is compared with the answer's own, where that can be read: this device's clock, `now` in ms, may
 * be wrong.
 */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('Retry-After') ?? ''
  const sent = Date.parse(headers.get('Date') ?? '')
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - (Number.isNaN(sent) ? now : sent)
  return wait > 0 ? Math.min(wait, LONGEST_WAIT) : undefined
}
