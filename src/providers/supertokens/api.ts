import type { RequestContext } from '../../core/provider.js'
import { createHttp, type HttpAnswer, type HttpRequest } from '../shared/http.js'
import { checkUrl, invalid, isPath, parseUrl, trimSlashes } from '../shared/url.js'
import type { SuperTokensProviderOptions } from './types.js'

/** The interface versions between backends and front ends that this provider knows. */
const VERSIONS = '1.16,1.17,1.18,1.19,2.0,3.0,3.1,4.0,4.1,4.2'

/** One request to the backend, by POST. */
export interface ApiRequest extends Pick<HttpRequest, 'path' | 'json' | 'token' | 'keepalive'> {
  /** Says that no page of another site has sent it, and to whom it goes. @default 'session' */
  readonly rid?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The way to one backend. */
export interface Api {
  /** Names it. */
  readonly id: string
  /** Where the session's own routes are. */
  readonly base: string
  /** The status that says that a session is over. */
  readonly expired: number
  /** Whether there is no page whose origin a relative `url` could be of. */
  outside(): boolean
  /** @throws AuthError as `Http` does; `invalid_argument` outside of pages. */
  post(request: ApiRequest, context: RequestContext): Promise<HttpAnswer>
}

/** Headers by their names in lower case. @throws AuthError `invalid_argument` for what is none. */
function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(new Headers(headers))
  } catch {
    return invalid('These `headers` cannot be sent.')
  }
}

/** @throws AuthError `invalid_argument` for options that cannot work. */
function checkOptions(
  base: string,
  transfer: string,
  codes: Readonly<Record<string, number>>,
): void {
  if (base && !isPath(base)) invalid('`apiBasePath` must be a path, such as /auth.')
  if (!['cookie', 'header'].includes(transfer)) invalid('`transfer` is `cookie` or `header`.')
  for (const [name, code] of Object.entries(codes)) {
    if (!(code >= 400 && code < 500)) invalid(`\`${name}\` must be one of 400 to 499.`)
  }
}

/**
 * Makes the way to the backend, whose place is looked up at each request.
 * @throws AuthError `invalid_argument` for addresses and options that cannot work.
 */
export function createApi(options: SuperTokensProviderOptions): Api {
  const { transfer = 'cookie', sessionExpiredStatusCode: expired = 401 } = options
  const { invalidClaimStatusCode = 403 } = options
  const [url, base] = [trimSlashes(options.url ?? ''), trimSlashes(options.apiBasePath ?? '/auth')]
  // What lies on the page's own origin is as safe as the page.
  const relative = url === '' || isPath(url)
  const { dangerouslyAllowInsecureHttp = relative } = options
  if (!relative) checkUrl(url, dangerouslyAllowInsecureHttp)
  checkOptions(base, transfer, { sessionExpiredStatusCode: expired, invalidClaimStatusCode })
  const outside = (): boolean => relative && !globalThis.location
  return {
    id: `supertokens.${url}${base}`,
    base,
    expired,
    outside,
    async post({ rid = 'session', headers, ...request }, context) {
      if (outside()) invalid('Outside of pages, `url` must be an absolute URL.')
      const http = createHttp({
        ...options,
        url: relative ? parseUrl(url || '/', globalThis.location.href).href : url,
        dangerouslyAllowInsecureHttp,
        credentials: transfer === 'cookie' ? 'include' : 'omit',
        headers: {
          rid,
          ...lowered({ ...options.headers, ...headers }),
          'fdi-version': VERSIONS,
          'st-auth-mode': transfer,
        },
      })
      return http(request, context)
    },
  }
}
