import { APP } from './admin.js'

/** What a page's `fetch` may meet. */
export interface PageNetwork {
  readonly fetch: typeof fetch
  /** How many refresh requests have left. */
  sent(): number
  /** Refresh requests by the status of their answers. */
  readonly refreshes: readonly number[]
  /** Revocations by the status of their answers. */
  readonly revocations: readonly number[]
  /** The next answer to a refresh arrives at nobody, though the server has given it. */
  loseNext(): void
}

/** Whether a page of `APP` may read an answer. */
export const isReadable = ({ headers }: Response): boolean =>
  ['*', APP].includes(headers.get('access-control-allow-origin') ?? '')

/** Sends as a page of `APP` does, which reads only what CORS lets it read; the rest is a TypeError. */
export function createPageNetwork(): PageNetwork {
  const refreshes: number[] = []
  const revocations: number[] = []
  let lose = false
  let sent = 0
  return {
    sent: () => sent,
    refreshes,
    revocations,
    loseNext() {
      lose = true
    },
    async fetch(input, init) {
      const headers = new Headers(init?.headers)
      headers.set('origin', APP)
      const isRefresh = String(init?.body).includes('grant_type=refresh_token')
      if (isRefresh) sent++
      const response = await fetch(input, { ...init, headers })
      if (String(input).endsWith('/revoke')) revocations.push(response.status)
      if (isRefresh) {
        refreshes.push(response.status)
        if (lose) {
          lose = false
          throw new TypeError('The answer was lost.')
        }
      }
      if (!isReadable(response)) throw new TypeError('Failed to fetch')
      return response
    },
  }
}
