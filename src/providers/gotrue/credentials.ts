import type { ProviderEventName } from '../../core/session.js'
import type { HttpRequest } from '../shared/http.js'
import { invalid } from '../shared/url.js'
import type { GoTrueCredentials } from './types.js'

/** The request that trades credentials for a session, and what else it means. */
export interface SignInRequest {
  readonly request: HttpRequest
  readonly event?: ProviderEventName | undefined
}

/** The wire's name for a captcha's proof. */
export const captcha = (token: string | undefined): Readonly<Record<string, unknown>> =>
  token ? { gotrue_meta_security: { captcha_token: token } } : {}

const token = (grant_type: string, json: Readonly<Record<string, unknown>>): SignInRequest => ({
  request: { path: '/token', query: { grant_type }, json },
})

/** @throws AuthError `invalid_argument` for what is no credential, or an empty one. */
export function signInRequest(credentials: GoTrueCredentials): SignInRequest {
  const given = credentials ?? {}
  for (const [name, value] of Object.entries(given)) {
    if (value === '') invalid(`\`${name}\` is empty.`)
  }
  const { captchaToken, ...rest } = { captchaToken: undefined, ...given }
  const security = captcha(captchaToken)
  if ('password' in rest) return token('password', { ...rest, ...security })
  if ('anonymous' in rest) {
    return { request: { path: '/signup', json: { data: rest.data ?? {}, ...security } } }
  }
  if ('idToken' in rest) {
    const { idToken, provider, accessToken, nonce } = rest
    const proof = { id_token: idToken, provider, access_token: accessToken, nonce }
    return token('id_token', { ...proof, ...security })
  }
  if ('authCode' in rest) {
    return token('pkce', { auth_code: rest.authCode, code_verifier: rest.codeVerifier })
  }
  if ('code' in rest || 'tokenHash' in rest) {
    const { type = 'phone' in rest ? 'sms' : 'email' } = rest
    const proof =
      'tokenHash' in rest
        ? { token_hash: rest.tokenHash }
        : { token: rest.code, ...('phone' in rest ? { phone: rest.phone } : { email: rest.email }) }
    return {
      request: { path: '/verify', json: { type, ...proof, ...security } },
      event: type === 'recovery' ? 'PASSWORD_RECOVERY' : undefined,
    }
  }
  return invalid('These are no credentials that GoTrue knows.')
}
