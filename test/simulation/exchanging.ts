import { AsyncLocalStorage } from 'node:async_hooks'

/** One exchange of a client, by the place of its first request among all that left any context. */
interface Exchange {
  begun: number | null
}

const running = new AsyncLocalStorage<Exchange>()

/** Does a provider's work for one exchange, which may have to look up where its request goes. */
export const exchanging = <T>(work: () => T): T => running.run({ begun: null }, work)

/** The first request of the exchange that this one is part of; itself where it is the first, or of none. */
export function begunWith(departure: number): number {
  const exchange = running.getStore()
  if (!exchange) return departure
  exchange.begun ??= departure
  return exchange.begun
}
