import type { Wake } from '../../core/ports.js'
import type { ManualClock } from '../clock.js'
import { asking, seenByPage } from './cors.js'
import type { Life } from './life.js'

/** Anything that answers requests as `fetch` does. */
export type FetchLike = (input: Request | string | URL, init?: RequestInit) => Promise<Response>

/** What a tab's fetch is made of. */
export interface TabFetchOptions {
  readonly life: Life
  readonly clock: ManualClock
  readonly wake: Wake
  /** The address of the page; `null` where there is none. */
  href(): string | null
}

const lost = (): TypeError => new TypeError('Failed to fetch')

/**
 * A fetch whose answers reach the tab only while it lives, runs and is online. Of an answer from
 * another origin it sees the headers that the server exposes, as in a browser.
 */
export function tabFetch(send: FetchLike, { life, clock, wake, href }: TabFetchOptions): FetchLike {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const request = input instanceof Request ? input : null
      const url = request ? request.url : String(input)
      const signal = init?.signal ?? request?.signal
      const onAbort = (): void => {
        if (life.alive()) reject(signal?.reason)
      }
      if (signal?.aborted) return onAbort()
      signal?.addEventListener('abort', onAbort)
      const answer = (settle: () => void): void =>
        life.arrive('fetch:answer', url, () => {
          signal?.removeEventListener('abort', onAbort)
          if (wake.online()) settle()
          else reject(lost())
        })
      life.depart('fetch', url, () => {
        if (signal?.aborted) return
        if (!wake.online()) return answer(() => reject(lost()))
        const credentials = init?.credentials ?? request?.credentials
        const from = asking(url, href(), credentials)
        const work = Promise.resolve().then(() => send(input, init))
        clock.track(work).then(
          (response) => answer(() => resolve(seenByPage(response, from))),
          (error: unknown) => answer(() => reject(error)),
        )
      })
    })
}
