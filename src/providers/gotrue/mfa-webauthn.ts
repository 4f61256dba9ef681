import type { CallOptions } from '../../core/provider.js'
import { checkTexts } from './arguments.js'
import { fieldsOf, need, pathOf } from './mfa-answers.js'
import { createRequests } from './mfa-requests.js'
import type { MfaClient, WebAuthnFactors } from './mfa-types.js'
import type { AnyMetadata } from './types.js'
import { needAuthenticator, type WebAuthnOptions } from './webauthn.js'

/**
 * Security keys and passkeys as second factors, for a client of `gotrue()`.
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function webauthnFactors<Metadata extends object = AnyMetadata>(
  auth: MfaClient<Metadata>,
  options?: WebAuthnOptions,
): WebAuthnFactors<Metadata> {
  const { host, ask, raise } = createRequests('webauthnFactors', auth)

  /** Has a challenge answered, outside the lock: people take their time. Gives what raises the session. */
  function ceremony(call: CallOptions | undefined) {
    const prove = needAuthenticator(options, call)
    return async (path: string) => {
      const href = host.page.href()
      const page = href ? new URL(href) : null
      const site = page && { rpId: page.hostname, rpOrigins: [page.origin] }
      const body = await ask(`${path}/challenge`, { json: { webauthn: { ...site } } }, call)
      const { id, webauthn } = fieldsOf(body)
      const challenge_id = need(id)
      const { type, credential_options } = fieldsOf(webauthn)
      const { publicKey } = fieldsOf(credential_options)
      const credential_response = await prove(type === 'create' ? type : 'get', publicKey)
      const json = { challenge_id, webauthn: { ...site, type, credential_response } }
      return () => raise((step) => step(`${path}/verify`, json), call)
    }
  }

  return {
    async register(given, call) {
      checkTexts(given)
      const meet = ceremony(call)
      const json = { factor_type: 'webauthn', friendly_name: given?.friendlyName }
      const factorId = need(fieldsOf(await ask('/factors', { json }, call)).id)
      const path = pathOf(factorId)
      const proved = await meet(path).catch(async (error: unknown) => {
        // It would keep its name taken for five minutes.
        await ask(path, { method: 'DELETE' }).catch(() => {})
        throw error
      })
      return { factorId, session: await proved() }
    },
    authenticate: async (given, call) => (await ceremony(call)(pathOf(given?.factorId)))(),
  }
}
