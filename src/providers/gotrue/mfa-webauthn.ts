import type { AuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { CallOptions } from '../../core/provider.js'
import { depsOf } from './area.js'
import { checkTexts } from './arguments.js'
import { fieldsOf, idOf, pathOf } from './mfa-answers.js'
import { type Requests, requestsBy } from './mfa-requests.js'
import type { MfaClient, WebAuthnFactors } from './mfa-types.js'
import { onePerson } from './one-person.js'
import type { AnyMetadata } from './types.js'
import { needAuthenticator, type WebAuthnOptions } from './webauthn.js'

/**
 * Security keys and passkeys as second factors, for a client of `gotrue()`.
 * @example
 * ```ts
 * import { webauthnFactors } from 'holdfast/providers/gotrue/mfa'
 *
 * const { factorId } = await webauthnFactors(auth).register({ friendlyName: 'Security key' })
 * await webauthnFactors(auth).authenticate({ factorId }) // at a later sign-in
 * ```
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function webauthnFactors<Metadata extends object = AnyMetadata>(
  auth: MfaClient<Metadata>,
  options?: WebAuthnOptions,
): WebAuthnFactors<Metadata> {
  const { host, send } = depsOf('webauthnFactors', auth)

  /** The requests of one call: somebody else may sign in while a person takes their time. */
  const begin = (): Requests<Metadata> => requestsBy({ host: onePerson(host), send }, auth)

  /** Raises the session by an answer that is got outside the lock. */
  function ceremony({ ask, raise }: Requests<Metadata>, call: CallOptions | undefined) {
    const prove = needAuthenticator(options, call)
    return async (path: string) => {
      const href = host.page.href()
      const page = href && new URL(href)
      const site = page && { rpId: page.hostname, rpOrigins: [page.origin] }
      const json = { webauthn: { ...site } }
      const { id, webauthn } = fieldsOf(await ask(`${path}/challenge`, { json }, call))
      const challenge_id = idOf(id)
      const { type, credential_options } = fieldsOf(webauthn)
      const { publicKey } = fieldsOf(credential_options)
      const credential_response = await prove(type === 'create' ? type : 'get', publicKey)
      const proof = { challenge_id, webauthn: { ...site, type, credential_response } }
      return raise((step) => step(`${path}/verify`, proof), call)
    }
  }

  return guardAll({
    async register(given, call) {
      checkTexts(given)
      const requests = begin()
      const { ask } = requests
      const meet = ceremony(requests, call)
      const json = { factor_type: 'webauthn', friendly_name: given?.friendlyName }
      const { id } = fieldsOf(await ask('/factors', { json }, call))
      const factorId = idOf(id)
      const path = pathOf(factorId)
      const session = await meet(path).catch(async (error: AuthError) => {
        // It would keep its name taken for five minutes. Unanswered, it may count by now.
        if (error.status || !error.retryable) await ask(path, { method: 'DELETE' }).catch(() => {})
        throw error
      })
      return { factorId, session }
    },
    authenticate: async (given, call) => ceremony(begin(), call)(pathOf(given?.factorId)),
  })
}
