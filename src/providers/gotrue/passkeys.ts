import { guardAll } from '../../core/guarded.js'
import type { CallOptions, SignInResult } from '../../core/provider.js'
import type { HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { depsOf, type GoTrueClient } from './area.js'
import { checkTexts, needId, needText } from './arguments.js'
import { captcha } from './credentials.js'
import { onePerson, type Sender } from './one-person.js'
import type { AnyMetadata, GoTrueUser } from './types.js'
import { type Ceremony, needAuthenticator, type WebAuthnOptions } from './webauthn.js'
import { holdsNo, needGrant } from './wire.js'

export type { WebAuthnAuthenticator, WebAuthnOptions } from './webauthn.js'

/** A passkey of a person, as the server knows it. */
export interface Passkey {
  readonly id: string
  /** Empty where it has none. */
  readonly friendlyName: string
  /** Milliseconds since the epoch, by the server's clock. */
  readonly createdAt: number
  /** When it last signed somebody in, as `createdAt` is told; `null` for never. */
  readonly lastUsedAt: number | null
}

/**
 * Passkeys of a GoTrue that has them switched on. All reject with AuthError: `invalid_argument` where
 * there is no WebAuthn, or on a page that the server's passkeys are not for; `aborted` when nobody
 * proves anything; `rejected` with the `serverCode` (`passkey_disabled`, `webauthn_verification_failed`,
 * `webauthn_challenge_expired`, …) when the server refuses. The person may take their time: only the
 * requests have a limit, and the `signal` of a call ends the wait for them too.
 */
export interface Passkeys<Metadata extends object = AnyMetadata> {
  /** Signs in whoever the chosen passkey is of: `SIGNED_IN`. */
  signIn(
    options?: { readonly captchaToken?: string | undefined },
    call?: CallOptions,
  ): Promise<SignInResult<GoTrueUser<Metadata>>>
  /**
   * Makes a passkey for whoever is signed in. The server names it after its maker; if it does not take
   * `friendlyName`, the passkey is there all the same, under the server's name.
   * @throws AuthError `superseded` when somebody else has signed in before the person answered.
   */
  register(
    options?: { readonly friendlyName?: string | undefined },
    call?: CallOptions,
  ): Promise<Passkey>
  /** All passkeys of whoever is signed in. */
  list(call?: CallOptions): Promise<readonly Passkey[]>
  /** Gives a passkey another name. */
  rename(
    options: { readonly id: string; readonly friendlyName: string },
    call?: CallOptions,
  ): Promise<Passkey>
  /** Takes a passkey from the person at the server; the device keeps its half. */
  remove(options: { readonly id: string }, call?: CallOptions): Promise<void>
}

/** A passkey out of an answer. @throws AuthError `bad_response` */
export function toPasskey(body: unknown): Passkey {
  const fields = asObject(body)
  const id = text(fields?.id)
  const createdAt = Date.parse(String(text(fields?.created_at)))
  if (!id || Number.isNaN(createdAt)) return holdsNo('passkey')
  const lastUsedAt = Date.parse(text(fields?.last_used_at) ?? '') || null
  return { id, friendlyName: text(fields?.friendly_name) ?? '', createdAt, lastUsedAt }
}

/**
 * Passkeys for a client of `gotrue()`.
 * @example
 * ```ts
 * import { passkeys } from 'holdfast/providers/gotrue/passkeys'
 *
 * const keys = passkeys(auth)
 * await keys.register({ friendlyName: 'Laptop' }) // of whoever is signed in
 * await keys.signIn() // whoever the chosen passkey is of
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function passkeys<Metadata extends object = AnyMetadata>(
  auth: GoTrueClient<Metadata>,
  options?: WebAuthnOptions,
): Passkeys<Metadata> {
  const { host, send } = depsOf('passkeys', auth)

  /** Sends a request of whoever is signed in. */
  const own = (request: HttpRequest, call?: CallOptions, by: Sender<GoTrueUser<Metadata>> = host) =>
    by.withSession(({ accessToken: token }, context) => send({ ...request, token }, context), call)

  const renaming = (given: Parameters<Passkeys['rename']>[0]): HttpRequest => ({
    path: `/passkeys/${needId('id', given?.id)}`,
    method: 'PATCH',
    json: { friendly_name: needText('friendlyName', given?.friendlyName) },
  })

  /** Gets a challenge, asks the person, and gives the request that proves it. */
  async function meet(
    ceremony: Ceremony,
    ask: (request: HttpRequest) => Promise<unknown>,
    call?: CallOptions,
  ): Promise<HttpRequest> {
    const prove = needAuthenticator(options, call)
    const folder = `/passkeys/${ceremony === 'get' ? 'authentication' : 'registration'}`
    const { challenge_id, options: json } =
      asObject(await ask({ path: `${folder}/options`, json: {} })) ?? {}
    if (!text(challenge_id)) return holdsNo('challenge')
    const credential = await prove(ceremony, json)
    return { path: `${folder}/verify`, json: { challenge_id, credential } }
  }

  return guardAll({
    async signIn(given, call) {
      const json = captcha(given?.captchaToken)
      const ask = (request: HttpRequest) =>
        host.request((context) => send({ ...request, json }, context), call)
      const proof = await meet('get', ask, call)
      return host.signIn(async (context) => needGrant<Metadata>(await send(proof, context)), call)
    },

    async register(given, call) {
      checkTexts(given)
      const name = given?.friendlyName
      const sender = onePerson(host)
      const ask = (request: HttpRequest) => own(request, call, sender)
      const passkey = toPasskey(await ask(await meet('create', ask, call)))
      if (!name) return passkey
      try {
        return toPasskey(await ask(renaming({ id: passkey.id, friendlyName: name })))
      } catch {
        return passkey
      }
    },

    async list(call) {
      const body = await own({ path: '/passkeys', method: 'GET' }, call)
      return Array.isArray(body) ? body.map(toPasskey) : holdsNo('list')
    },

    rename: async (given, call) => toPasskey(await own(renaming(given), call)),

    async remove(given, call) {
      await own({ path: `/passkeys/${needId('id', given?.id)}`, method: 'DELETE' }, call)
    },
  })
}
