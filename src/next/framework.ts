/** One cookie as Next's stores take it. */
export interface NextCookie {
  readonly name: string
  readonly value: string
  readonly path?: string
  readonly domain?: string
  /** Seconds, as on the wire. */
  readonly maxAge?: number
  readonly httpOnly?: boolean
  readonly secure?: boolean
  readonly sameSite?: 'lax' | 'strict' | 'none'
}

/** What `cookies()` gives: the request's cookies, with what was set since. */
export interface NextCookies {
  getAll(): readonly { readonly name: string; readonly value: string }[]
  /** Throws where no cookie can be set, such as while a page renders. */
  set(cookie: NextCookie): unknown
}

/** The part of Next.js that is used here. */
export interface NextFramework {
  headers(): Promise<Pick<Headers, 'get'> & Iterable<[string, string]>>
  cookies(): Promise<NextCookies>
  /**
   * Settles when somebody asks for the page, and never while Next renders it ahead: what reads the clock waits for
   * it, or Next logs an unstable value (16.4, seen).
   */
  connection(): Promise<void>
  /** Leaves by throwing what Next understands. */
  redirect(url: string): Promise<never>
  readonly NextResponse: {
    /** Goes on with the request, under these headers instead of its own. */
    next(init: { readonly request: { readonly headers: Headers } }): Response
  }
  /** `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>
}
