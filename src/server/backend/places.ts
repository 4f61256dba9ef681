import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkOrigin } from '../requests/origin-guard.js'
import { createSites } from './sites.js'
import type { BackendOptions } from './types.js'

/** Where a backend and its pages are. What was not fixed is as the address of each request says. */
export interface Places {
  /** Without a slash at its end. */
  readonly basePath: string
  /** The paths of the callbacks, where they were fixed. */
  readonly callbacks: readonly string[]
  /** The origins whose pages may call besides the backend's own. */
  readonly allowed: readonly string[]
  /** Whether browsers come by `https:`. */
  readonly secure: boolean
  /** Where browsers sent a request; `null` for an origin that is not on the list, where there is one. */
  addressOf(request: Request): URL | null
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

type Own = Pick<Places, 'callbacks' | 'secure' | 'addressOf' | 'ownOrigin' | 'redirectUri'>

/** One origin, or whatever requests say. */
function oneSite(options: Pick<BackendOptions, 'redirectUri' | 'origin'>, callback: string): Own {
  const fixed = options.redirectUri === undefined ? null : checkRedirectUri(options.redirectUri)
  const origin = options.origin === undefined ? fixed?.origin : checkOrigin(options.origin)
  const ownOrigin = (url: URL): string => origin ?? url.origin
  return {
    callbacks: fixed ? [fixed.pathname] : [],
    secure: !origin?.startsWith('http:'),
    addressOf: ({ url }) => new URL(url),
    ownOrigin,
    redirectUri: (url) => options.redirectUri ?? `${ownOrigin(url)}${callback}`,
  }
}

/** The origins of a list, and no other. */
function severalSites({
  redirectUri,
  redirectUris,
  origin,
}: Pick<BackendOptions, 'redirectUri' | 'origin' | 'redirectUris'>): Own {
  if (redirectUri !== undefined || origin !== undefined) {
    reject('`redirectUris` takes the place of `redirectUri` and `origin`: pass one or the other.')
  }
  const sites = createSites(
    (redirectUris ?? []).map((text) => ({ text, url: checkRedirectUri(text) })),
  )
  return {
    ...sites,
    ownOrigin: ({ origin }) => origin,
    // No other address comes this far.
    redirectUri: (url) => sites.redirectUri(url) ?? reject('The request is for another host.'),
  }
}

/** Reads the places of a backend. @throws AuthError `invalid_argument` for what is none. */
export function createPlaces<User extends SessionUser>(options: BackendOptions<User>): Places {
  const { basePath = '/auth', appOrigin, allowedOrigins = [] } = options
  if (!/^(\/[\w.~-]+)+$/.test(basePath)) reject('`basePath` is a path such as `/auth`.')
  const { redirectUri, redirectUris, origin } = options
  const own =
    redirectUris === undefined
      ? oneSite({ redirectUri, origin }, `${basePath}/callback`)
      : severalSites({ redirectUri, redirectUris, origin })
  return {
    ...own,
    basePath,
    allowed: [...(appOrigin === undefined ? [] : [appOrigin]), ...allowedOrigins].map(checkOrigin),
    appOrigin: (url) => appOrigin ?? own.ownOrigin(url),
  }
}
