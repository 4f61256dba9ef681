/** The part of a request of Express (4 or 5) that is used here; any request of Node has it. */
export interface ExpressRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The address before a router has shortened it. */
  readonly originalUrl?: string | undefined
  /** As `trust proxy` says. */
  readonly protocol?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What a body parser has made of it. */
  readonly body?: unknown
  /** Whether somebody has read the body to its end. */
  readonly readableEnded?: boolean | undefined
}

/** The part of a response of Express (4 or 5) that is used here; any response of Node has it. */
export interface ExpressResponse {
  statusCode: number
  readonly writableFinished: boolean
  readonly destroyed: boolean
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): unknown
  write(chunk: Uint8Array): boolean
  end(): unknown
  once(event: 'close' | 'drain', listener: () => void): unknown
  removeListener(event: 'close' | 'drain', listener: () => void): unknown
  destroy(): unknown
}

/** Goes on to the next handler, or to those for errors. */
export type ExpressNext = (error?: unknown) => void

/** What `app.use` and routes take. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
) => void
