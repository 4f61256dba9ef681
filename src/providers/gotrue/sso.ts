import { guardAll } from '../../core/guarded.js'
import type { CallOptions } from '../../core/provider.js'
import { text } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import { depsOf, type GoTrueClient } from './area.js'
import { beginRedirect } from './begin-redirect.js'
import { captcha } from './credentials.js'
import { purposeOf } from './link.js'

/** Whose identity provider is meant: that of an email domain, or one by its id. */
export type SsoTarget = { readonly domain: string } | { readonly providerId: string }

/** What a sign-in by an identity provider may need besides. */
export interface SsoOptions {
  /** Where the person comes back to, instead of the server's site; the server must allow it. */
  readonly redirectTo?: string | undefined
  readonly captchaToken?: string | undefined
}

/** Single sign-on by SAML, for the people of a company. */
export interface Sso {
  /**
   * The address to navigate to. The person comes back to `redirectTo`, where
   * `auth.actions.handleRedirect()` finishes the sign-in, in this browser only.
   * @throws AuthError `rejected`, with the `serverCode` `sso_provider_not_found` where nobody has that
   *   domain or id, `saml_provider_disabled` where the server has no single sign-on.
   */
  signInUrl(target: SsoTarget, options?: SsoOptions, call?: CallOptions): Promise<string>
}

/**
 * Single sign-on with a client of `gotrue()`.
 * @example
 * ```ts
 * import { sso } from 'holdfast/providers/gotrue/sso'
 *
 * location.href = await sso(auth).signInUrl({ domain: 'corp.example' }, { redirectTo: location.href })
 * await auth.actions.handleRedirect() // where the person comes back
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function sso<Metadata extends object>(auth: GoTrueClient<Metadata>): Sso {
  const { host, send } = depsOf('sso', auth)
  return guardAll({
    async signInUrl(target, options, call) {
      const { domain, providerId } = { domain: undefined, providerId: undefined, ...target }
      if (!text(domain) === !text(providerId)) invalid('Pass a `domain` or a `providerId`.')
      const { verifier: secret, challenge } = await createPkce(host.crypto)
      const json = {
        domain,
        provider_id: providerId,
        redirect_to: options?.redirectTo,
        skip_http_redirect: true,
        code_challenge: challenge,
        code_challenge_method: 's256',
        ...captcha(options?.captchaToken),
      }
      const purpose = purposeOf('sign-in', options?.redirectTo)
      return beginRedirect(host, { secret, purpose }, () =>
        host.request((context) => send({ path: '/sso', json }, context), call),
      )
    },
  })
}
