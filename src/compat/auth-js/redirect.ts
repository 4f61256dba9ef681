import { isAuthError as isHoldfastError } from '../../core/errors.js'
import { AREA } from '../../providers/gotrue/area.js'
import type { AuthError } from './errors.js'
import type { FaceOptions, Inner } from './options.js'
import {
  AuthImplicitGrantRedirectError,
  AuthPKCEGrantCodeExchangeError,
} from './redirect-errors.js'
import { toAuthError } from './translate.js'

// Loaded when the page's address looks like an answer.

/** What an address says, in its query and in its fragment. */
function paramsOf(href: string): { [parameter: string]: string } {
  const [, query = '', fragment = ''] = /^[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(href) ?? []
  return Object.fromEntries([...new URLSearchParams(fragment), ...new URLSearchParams(query)])
}

/** A text of an address, which anybody can write, held to one line and a length. */
const toLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 200)

function toRedirectError(cause: unknown, params: { [parameter: string]: string }): AuthError {
  const { error, error_code, error_description } = params
  const failed = isHoldfastError(cause, 'server_error')
  const said = (failed || isHoldfastError(cause, 'rejected')) && cause.status === undefined
  if (!said) return toAuthError(cause)
  return new AuthImplicitGrantRedirectError(
    // What a server says that has failed is not repeated.
    failed
      ? cause.message
      : toLine(error_description || 'Error in URL with unspecified error_description'),
    {
      error: toLine(error || 'unspecified_error'),
      code: toLine(error_code || 'unspecified_code'),
    },
  )
}

/** Takes what a redirect brought to this page. Resolves to what went wrong, if anything did. */
export async function takeRedirect(
  client: Inner,
  { href, detectSessionInUrl: detect }: FaceOptions & { readonly href: string },
): Promise<AuthError | null> {
  const params = paramsOf(href)
  if (typeof detect === 'function' && !params.code && !detect(new URL(href), params)) return null
  try {
    const { host } = client.actions[AREA]
    // What nobody here has begun, as an invitation of the app's own, has a code as well.
    if (params.code && !params.error && (await host.flows()).length === 0) return null
    // The app may have gone on while this was loaded: that address is its own.
    const moved = host.page.href() !== href
    const found = await client.actions.handleRedirect(moved ? { url: href } : {})
    return found?.ignored === 'tokens'
      ? new AuthPKCEGrantCodeExchangeError('Not a valid PKCE flow url.')
      : null
  } catch (cause) {
    return toRedirectError(cause, params)
  }
}
