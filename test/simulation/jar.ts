import { type GoTrueAnswer, isAnswer, sessionOf } from './gotrue-answer.js'
import { HTTP_ONLY, type Mint } from './ledger.js'
import { count } from './tally.js'
import type { World } from './world.js'

/**
 * Of whom a start asks: a backend of the app (`backend`), which says at each start what the cookie
 * holds; or the server of the tokens (`workos`, `supertokens`), by a refresh where storage has nobody.
 */
export type Asking = 'backend' | 'refresh'

/** A session as the cookie of a browser holds it. */
export interface Cookie {
  readonly body: GoTrueAnswer
  readonly session: string
  readonly mint: Mint | undefined
}

/** What no script can read: the one cookie of all tabs of a browser. */
export interface Jar {
  readonly cookie: Cookie | null
  /** What a `Set-Cookie` does once its headers are there; `null` removes the cookie. */
  set(cookie: Cookie | null, why: string): void
  /** Whether a cookie has come after a newer one. */
  late(): boolean
  /** Why the cookie of a session is gone; nothing for one that the server has refused. */
  whyGone(session: string): string | undefined
}

/** How a `Set-Cookie` that the server itself has refused a session with is known. */
export const REFUSED = 'refused'

/** Makes an empty jar. */
export function createJar(world: () => World): Jar {
  const gone = new Map<string, string>()
  let cookie: Cookie | null = null
  let hasBeenLate = false

  /** The cookie of an older answer, or of an older sign-in, that comes after that of a newer one. */
  function isLate(next: Cookie): boolean {
    if (!cookie) return false
    if (cookie.session === next.session) return (next.mint?.index ?? 0) < (cookie.mint?.index ?? 0)
    const { ledger } = world()
    const begun = ({ session }: Cookie): number => ledger.firstOf(session)?.at ?? 0
    return begun(next) < begun(cookie)
  }

  return {
    get cookie() {
      return cookie
    },
    set(next, why) {
      const { clock, ledger, verdict } = world()
      const late = next !== null && isLate(next)
      hasBeenLate ||= late
      if (late) count(verdict.tally, 'late cookies')
      if (cookie && (late || cookie.session !== next?.session)) {
        gone.set(cookie.session, next ? (late ? 'late cookie' : 'replaced') : why)
      }
      if (next && !late) gone.delete(next.session)
      cookie = next
      const mint = next && ledger.mint(next.body.refresh_token)
      if (mint) mint.jarredAt ??= clock.monotonic()
      world().trace(
        'server',
        `the cookie is ${next ? `token ${next.mint?.index}` : 'gone'}: ${why}`,
      )
    },
    late: () => hasBeenLate,
    whyGone: (session) => (gone.get(session) === REFUSED ? undefined : gone.get(session)),
  }
}

/** What an answer of the server puts into the cookie; nothing where it holds no session. */
export function cookieOf(world: World, body: unknown): Cookie | null {
  if (!isAnswer(body)) return null
  const session = sessionOf(body.access_token)
  return { body, session, mint: world.ledger.mint(body.refresh_token) }
}

/**
 * The session of a cookie as pages see it, with so many ms left of its life: names in place of tokens. That of the access token is
 * another one for each pair, as it is where tokens have ids of their own (the `jti` of WorkOS, the
 * hash of the refresh token in SuperTokens).
 */
export function seenByPages(
  { ledger }: World,
  { body, session, mint }: Cookie,
  left: number,
): GoTrueAnswer {
  const given = ledger.access({ accessToken: body.access_token, refreshToken: body.refresh_token })
  const seen = {
    ...body,
    access_token: `${HTTP_ONLY}${session.slice(0, 8)}.${mint?.index}.${body.access_token.slice(-12)}`,
    refresh_token: HTTP_ONLY + session,
    expires_in: left / 1000,
  }
  // By the name, the judges know the tokens that it stands for.
  if (given)
    ledger.name({ accessToken: seen.access_token, refreshToken: seen.refresh_token }, given)
  return seen
}
