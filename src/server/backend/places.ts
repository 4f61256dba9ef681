import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkOrigin } from '../requests/origin-guard.js'
import type { BackendOptions } from './types.js'

/** Where a backend and its pages are. What was not fixed is as the address of each request says. */
export interface Places {
  /** Without a slash at its end. */
  readonly basePath: string
  /** The path of the callback, where it was fixed. */
  readonly callback: string | null
  /** The origins whose pages may call besides the backend's own. */
  readonly allowed: readonly string[]
  /** Whether browsers come by `https:`. */
  readonly secure: boolean
  ownOrigin(url: URL): string
  /** The origin of the pages. */
  appOrigin(url: URL): string
  redirectUri(url: URL): string
}

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

function checkRedirectUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  return url && /^https?:$/.test(url.protocol) && url.hash === ''
    ? url
    : reject('`redirectUri` is an absolute http(s) URL.')
}

/** Reads the places of a backend. @throws AuthError `invalid_argument` for what is none. */
export function createPlaces<User extends SessionUser>(options: BackendOptions<User>): Places {
  const { basePath = '/auth', appOrigin, allowedOrigins = [] } = options
  if (!/^(\/[\w.~-]+)+$/.test(basePath)) reject('`basePath` is a path such as `/auth`.')
  const fixed = options.redirectUri === undefined ? null : checkRedirectUri(options.redirectUri)
  const origin = options.origin === undefined ? fixed?.origin : checkOrigin(options.origin)
  const ownOrigin = (url: URL): string => origin ?? url.origin
  return {
    basePath,
    callback: fixed?.pathname ?? null,
    allowed: [...(appOrigin === undefined ? [] : [appOrigin]), ...allowedOrigins].map(checkOrigin),
    secure: !origin?.startsWith('http:'),
    ownOrigin,
    appOrigin: (url) => appOrigin ?? ownOrigin(url),
    redirectUri: (url) => options.redirectUri ?? `${ownOrigin(url)}${basePath}/callback`,
  }
}
