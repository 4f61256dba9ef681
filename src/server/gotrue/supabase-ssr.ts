import { parseJson } from '../../core/json.js'
import {
  type AnyMetadata,
  type GoTrueUser,
  parseAuthJsSession,
  readAuthJsCookies,
} from '../../providers/gotrue/index.js'
import { checkUrl, invalid, partsOf } from '../../providers/shared/url.js'
import { type CookieJar, type CookiePlace, defineCookie } from '../cookies/cookies.js'
import type { TakeOver } from '../requests/request-sessions.js'
import { checkObject } from '../shared/arguments.js'
import type { GoTrueServer } from './types.js'

/** Options of {@link supabaseSsr}. */
export interface SupabaseSsrOptions<Metadata extends object = AnyMetadata> extends CookiePlace {
  /** Made by `createGotrue`. */
  readonly server: GoTrueServer<Metadata>
  /** What its cookies are called. @default 'sb-<first part of the host>-auth-token', as `@supabase/ssr` has it */
  readonly name?: string | undefined
  /** Whether browsers come by `https:`. @default true */
  readonly secure?: boolean | undefined
}

/** More characters are no session: no server takes as much of headers. */
const LONGEST = 65_536
/** Values to try of one name; more are an attack. */
const MOST = 4

/** The tokens as the helpers before `@supabase/ssr` kept them: a list that begins with both. */
function withNames(text: string): string {
  if (!text.startsWith('[')) return text
  try {
    const list: unknown = parseJson(text)
    const [access_token, refresh_token] = Array.isArray(list) ? list : []
    return JSON.stringify({ access_token, refresh_token })
  } catch {
    return ''
  }
}

/**
 * Takes over the sessions that `@supabase/ssr` keeps in cookies, and `@supabase/auth-helpers-nextjs` before
 * it: the `takeOver` of request sessions. Once a session was taken over its cookies are erased, also those
 * of sign-ins that are under way.
 * @example
 * ```ts
 * import { createRequestSessions } from 'holdfast/server'
 * import { createGotrue, createGotrueSessions, supabaseSsr } from 'holdfast/server/gotrue'
 *
 * const server = createGotrue({ url: 'https://project.example/auth/v1', apiKey })
 * const sessions = createRequestSessions({
 *   sessions: createGotrueSessions({ server }),
 *   cookie: { password },
 *   takeOver: supabaseSsr({ server }),
 * })
 * ```
 * @throws AuthError `invalid_argument` for what no cookie can be called, and no place of one.
 */
export function supabaseSsr<Metadata extends object = AnyMetadata>(
  options: SupabaseSsrOptions<Metadata>,
): TakeOver<GoTrueUser<Metadata>> {
  checkObject('options', options)
  checkObject('server', options.server)
  const { server, domain, path, secure } = options
  const [label = ''] = partsOf(checkUrl(server.url, true)).host.split(/[.:]/)
  const { name = `sb-${label}-auth-token` } = options
  if (name === '') invalid('`name` is empty.')
  const cookieOf = (named: string) => defineCookie({ name: named, domain, path, secure })
  cookieOf(name)
  const verifier = `${name}-code-verifier`
  const isPiece = (key: string): boolean =>
    key === name || (key.startsWith(`${name}.`) && /^\d+$/.test(key.slice(name.length + 1)))

  /** What may be a session, each as a header would have it: several places may have set one name. */
  function headersIn(jar: CookieJar): readonly string[] {
    const wholes = (jar.get(name) ?? []).slice(0, MOST).map((value) => `${name}=${value}`)
    const pieces = [...jar].filter(([key]) => key !== name && isPiece(key))
    const cut = pieces.map(([key, [value = '']]) => `${key}=${value}`).join('; ')
    return [...wholes, cut].filter((header) => header !== '' && header.length <= LONGEST)
  }

  return {
    find(jar, now) {
      for (const header of headersIn(jar)) {
        const text = readAuthJsCookies(header, name)
        const grant = parseAuthJsSession<Metadata>(withNames(text ?? ''), now)
        // The exchange brings the rest, which anybody can have written here, and as much as they like.
        if (grant?.user) return { grant: { ...grant, user: { id: grant.user.id } } }
      }
      return null
    },
    cookiesIn(jar) {
      const keys = [...jar.keys()]
      const others = keys.filter((key) => key.startsWith(verifier) || key === `${name}-user`)
      const whole = others.map((key) => key.replace(/\.\d{1,2}$/, ''))
      return keys.some(isPiece) ? [name, ...new Set(whole)].map(cookieOf) : []
    },
  }
}
