/** What can go wrong on the way to the server or back. */
export type Fault =
  /** The request never arrives. */
  | { readonly type: 'drop' }
  /** The server does its work, and the answer is lost. */
  | { readonly type: 'lose-response' }
  | {
      readonly type: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /**
   * 429, with `Retry-After` in seconds or as an HTTP date. Pages on other origins cannot read that
   * header, unless the server exposes it.
   */
  | { readonly type: 'rate-limited'; readonly retryAfter?: number | string }
  /** A gateway's or captive portal's page. */
  | {
      readonly type: 'html'
      /** @default 200 */
      readonly status?: number
    }
  /** No answer until the caller gives up. */
  | { readonly type: 'hang' }
  | { readonly type: 'slow'; readonly delay: number }
  /** Any text with 200. */
  | { readonly type: 'body'; readonly body: string }

/** Which requests a fault meets. */
export interface FaultScope {
  /** @default 1 */
  readonly times?: number
  /** Such as `/token`; below the prefix, where the server has one. @default any */
  readonly path?: string
  readonly grant?: string
}

/** A request as it came. Holds tokens: this is a test kit. */
export interface LoggedRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly grant: string | null
  /** `null` while it is being served, and when nothing was answered. */
  readonly status: number | null
  readonly code: string | null
  /** The refresh token that was presented. */
  readonly presented: string | null
  /** The refresh token that was given back. */
  readonly returned: string | null
}
