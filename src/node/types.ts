/**
 * The part of a request of Node (`http`, `https`, or `http2` as these) that is used here. Those of
 * Express and other frameworks that stand on Node have it too, and what they have put there counts.
 */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values by turns, as they came: what came twice is there twice. */
  readonly rawHeaders?: readonly string[] | undefined
  /** The stream of a request of HTTP/2, and whether the request has ended with its headers. */
  readonly stream?: { readonly endAfterHeaders: boolean } | undefined
  readonly socket?: { readonly destroyed: boolean; readonly encrypted?: unknown } | undefined
  /** The address before a router of Express has shortened it. */
  readonly originalUrl?: string | undefined
  /** The scheme, as Express says by its `trust proxy`. */
  readonly protocol?: string | undefined
  /** What a body parser has made of it. */
  readonly body?: unknown
  /** Whether somebody has read the body to its end, or has begun to. */
  readonly readableEnded?: boolean | undefined
  readonly readableDidRead?: boolean | undefined
  readonly destroyed?: boolean | undefined
  /** Whether the browser has broken it off. */
  readonly aborted?: boolean | undefined
  on(event: 'data' | 'end' | 'close' | 'error', listener: (piece: Uint8Array) => void): unknown
  removeListener(
    event: 'data' | 'end' | 'close' | 'error',
    listener: (piece: Uint8Array) => void,
  ): unknown
  pause(): unknown
  resume(): unknown
}

/** The part of a response of Node (`http`, `https`, or `http2` as these) that is used here. */
export interface NodeResponse {
  statusCode: number
  /** The words after the status; HTTP/2 has none. */
  statusMessage?: string | undefined
  readonly headersSent: boolean
  /** Whether all has been said, and whether all has left; HTTP/2 says the latter of a broken stream too. */
  readonly writableEnded: boolean
  readonly writableFinished: boolean
  /** Whether it has closed; HTTP/2 says so of its stream. */
  readonly destroyed?: boolean | undefined
  readonly stream?: { readonly destroyed: boolean } | undefined
  /** The request that is answered. */
  readonly req?: { readonly method?: string | undefined; readonly httpVersionMajor: number }
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): unknown
  flushHeaders?(): unknown
  write(chunk: Uint8Array): boolean
  end(): unknown
  once(event: 'close' | 'drain', listener: () => void): unknown
  removeListener(event: 'close' | 'drain', listener: () => void): unknown
  destroy(): unknown
}

/** Goes on to the next handler, or to those for errors. */
export type NodeNext = (error?: unknown) => void

/** What `app.use` and routes of Express take, and hooks of other frameworks. */
export type NodeMiddleware = (request: NodeRequest, response: NodeResponse, next: NodeNext) => void
