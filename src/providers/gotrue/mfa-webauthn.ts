import type { CallOptions } from '../../core/provider.js'
import { checkTexts, fieldsOf, need, pathOf } from './mfa-answers.js'
import { askAuthenticator, platformAuthenticator } from './mfa-authenticator.js'
import { createRequests } from './mfa-requests.js'
import type { MfaClient, WebAuthnFactors, WebAuthnFactorsOptions } from './mfa-types.js'
import type { AnyMetadata } from './types.js'

/**
 * Security keys and passkeys as second factors, for a client of `gotrue()`.
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function webauthnFactors<Metadata extends object = AnyMetadata>(
  auth: MfaClient<Metadata>,
  options?: WebAuthnFactorsOptions,
): WebAuthnFactors<Metadata> {
  const { host, ask, raise } = createRequests('webauthnFactors', auth)

  /** Asks an authenticator, outside the lock: people take their time. Then raises the session. */
  async function ceremony(path: string, call?: CallOptions) {
    const href = host.page.href()
    const page = href ? new URL(href) : null
    const site = page && { rpId: page.hostname, rpOrigins: [page.origin] }
    const body = await ask(`${path}/challenge`, { json: { webauthn: { ...site } } }, call)
    const challenge_id = need(fieldsOf(body).id)
    const authenticator = options?.authenticator ?? platformAuthenticator
    const proof = await askAuthenticator(body, authenticator, call?.signal)
    const json = { challenge_id, webauthn: { ...site, ...proof } }
    return () => raise((step) => step(`${path}/verify`, json), call)
  }

  return {
    async register(given, call) {
      checkTexts(given)
      const json = { factor_type: 'webauthn', friendly_name: given?.friendlyName }
      const factorId = need(fieldsOf(await ask('/factors', { json }, call)).id)
      const path = pathOf({ factorId })
      const proved = await ceremony(path, call).catch(async (error: unknown) => {
        // It would keep its name taken for five minutes.
        await ask(path, { method: 'DELETE' }).catch(() => {})
        throw error
      })
      return { factorId, session: await proved() }
    },
    authenticate: async (given, call) => (await ceremony(pathOf(given), call))(),
  }
}
