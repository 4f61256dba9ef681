import type { WorkOSUser } from '../../providers/workos/index.js'
import { type CookiePlace, defineCookie, readCookie } from '../cookies/cookies.js'
import type { TakeOver } from '../requests/request-sessions.js'
import { checkPassword, looksSealed, type Password, unsealText } from '../sealed/seal.js'
import { parseSealedData } from '../sealed/session-data.js'
import { checkObject } from '../shared/arguments.js'

/** Options of {@link authkitCookies}. */
export interface AuthkitCookiesOptions extends CookiePlace {
  /** Those of the `cookie` of the request sessions, with `WORKOS_COOKIE_PASSWORD` among them. */
  readonly password: Password
  /** What its cookie is called, as `WORKOS_COOKIE_NAME` says. @default 'wos-session' */
  readonly name?: string | undefined
  /** Whether browsers come by `https:`. @default true */
  readonly secure?: boolean | undefined
}

/** What else those libraries leave: sign-ins under way, and a token for scripts. */
const OTHERS = /^(wos-auth-verifier(-[\da-f]+)?|workos-access-token)$/

/**
 * Takes over the sessions that `@workos-inc/authkit-nextjs` and its kin keep in a cookie: the `takeOver` of
 * request sessions. The seal is ours too: the session goes on as it is, in our own cookie, and theirs is erased.
 * @example
 * ```ts
 * import { createRequestSessions } from 'holdfast/server'
 * import { authkitCookies, createWorkOSSessions } from 'holdfast/server/workos'
 *
 * const sessions = createRequestSessions({
 *   sessions: createWorkOSSessions({ clientId, apiKey }),
 *   cookie: { password },
 *   takeOver: authkitCookies({ password }),
 * })
 * ```
 * @throws AuthError `invalid_argument` for an unfit password, what no cookie can be called, and no place of one.
 */
export function authkitCookies(options: AuthkitCookiesOptions): TakeOver<WorkOSUser> {
  checkObject('options', options)
  const { password, name = 'wos-session', domain, path, secure } = options
  checkPassword(password)
  const cookieOf = (named: string) => defineCookie({ name: named, domain, path, secure })
  cookieOf(name)
  return {
    async find(jar, now) {
      for (const sealed of readCookie(jar, name, looksSealed)) {
        const text = await unsealText(sealed, password, { now: () => now })
        // What it holds is looked at as if it were ours: here only whether it is a session at all.
        if (text !== null && parseSealedData(text)) return { sealed }
      }
      return null
    },
    cookiesIn: (jar) =>
      [...jar.keys()].filter((key) => key === name || OTHERS.test(key)).map(cookieOf),
  }
}
