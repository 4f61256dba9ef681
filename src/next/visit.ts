import { AuthError } from '../core/errors.js'
import type { NextCookie, NextCookies, NextFramework } from './framework.js'
import { cookieHeaderOf, setCookies } from './set-cookie.js'

/** One request of a browser, as code that serves it sees it. */
export interface Visit {
  /** The header `Cookie` as it was sent, but for what was set since. */
  cookie(): string | null
  /** Another header of the request. */
  header(name: string): string | null
  /** @throws AuthError `invalid_argument` where no cookie can be set. */
  requireWritable(): void
  setCookies(values: readonly string[]): void
  /** Sets a header of the answer, where code that serves the request has one. */
  setHeader?(name: string, value: string): void
}

const READ = new Error('Next has read the name of a cookie.')

/** A cookie whose name cannot be read. */
const UNREADABLE: NextCookie = {
  get name(): string {
    throw READ
  },
  value: '',
}

/**
 * Asks Next's store to set a cookie whose name cannot be read. Where cookies can be set it comes as far as the name,
 * and where none can it says so before (`ReadonlyRequestCookiesError`; the store of 15 and of 16.4 looks at the phase
 * of the request first). Nothing is set either way: a cookie that is set to find out would be in the answer, and one
 * that is the session's own could take the place of a newer one that the browser got meanwhile.
 */
function requireWritable(store: NextCookies): void {
  try {
    store.set(UNREADABLE)
  } catch (cause) {
    if (cause === READ) return
    throw new AuthError(
      'invalid_argument',
      'Call this in a Server Action or Route Handler: while a page renders no cookie can be set, and the new tokens would be lost.',
      { cause },
    )
  }
}

/** The request that Next serves now, in Server Components, Server Actions and Route Handlers. */
export async function currentVisit({
  connection,
  cookies,
  headers,
}: Pick<NextFramework, 'connection' | 'cookies' | 'headers'>): Promise<Visit> {
  // First, for it tells a build that this page is nobody's in particular.
  await connection()
  const store = await cookies()
  const sent = await headers()
  return {
    cookie: () => cookieHeaderOf(store, sent.get('cookie')),
    header: (name) => sent.get(name),
    requireWritable: () => requireWritable(store),
    setCookies: (values) => setCookies(store, values),
  }
}
