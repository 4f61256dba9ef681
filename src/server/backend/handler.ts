/** A request to the backend. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** The header `Cookie`. */
  readonly cookie: string | null
}

/** What answers the requests to one path. */
export interface Handler {
  /** The methods that it knows; `null` for all. */
  readonly methods: readonly string[] | null
  /** Whether it is called by pages, navigated to, or called by whoever proves by himself that he may. */
  readonly by: 'page' | 'navigation' | 'anyone'
  run(call: Call): Promise<Response>
}
