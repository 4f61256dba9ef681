import { AuthError as HoldfastError, isAuthError as isHoldfastError } from '../../core/errors.js'
import { AREA } from '../../providers/gotrue/area.js'
import { checkTexts, needId, needText } from '../../providers/gotrue/arguments.js'
import { fieldsOf, need, pathOf } from '../../providers/gotrue/mfa-answers.js'
import { createRequests, type Requests } from '../../providers/gotrue/mfa-requests.js'
import type { AnyMetadata } from '../../providers/gotrue/types.js'
import { asObject, text } from '../../providers/shared/json.js'
import { AuthError } from './errors.js'
import { type Face, run } from './face.js'
import { toSession } from './translate.js'
import type { Session } from './types.js'
import {
  askBrowser,
  forKeys,
  needBrowser,
  parseCreation,
  parseRequest,
} from './webauthn-browser.js'
import type {
  AnsweredChallenge,
  CreationOverrides,
  EnrolledWebauthn,
  MFAChallengeWebauthnParams,
  MFAVerifyWebauthnParams,
  MfaWebAuthnMethods,
  RequestOverrides,
  WebauthnChallenge,
  WebauthnSettings,
} from './webauthn-types.js'

// Loaded with all that has to do with second factors.

type Sending = Requests<AnyMetadata>

/** For one request: several of one call are the caller's, or are not sent. */
function requestsOf({ client, check }: Face): Sending {
  check()
  return createRequests('mfa.webauthn', client)
}

/** Enrols a key that waits for its first proof. */
export async function enrollKey(
  face: Face,
  params: { readonly friendlyName?: string | undefined } | undefined,
): Promise<EnrolledWebauthn> {
  const { friendlyName: friendly_name } = { ...params }
  checkTexts({ friendlyName: friendly_name })
  const json = { factor_type: 'webauthn', friendly_name }
  const { id, friendly_name: name } = fieldsOf(await requestsOf(face).ask('/factors', { json }))
  return { id: need(id), type: 'webauthn', friendly_name: text(name) ?? '' }
}

/** A challenge as the server sent it. */
interface WireChallenge {
  readonly id: string
  readonly expires_at: number
  readonly type: 'create' | 'request'
  readonly publicKey: Readonly<Record<string, unknown>>
}

async function askServer(face: Face, params: MFAChallengeWebauthnParams): Promise<WireChallenge> {
  const { factorId, webauthn } = { ...params }
  const path = `${pathOf(factorId)}/challenge`
  const body = fieldsOf(await requestsOf(face).ask(path, { json: { webauthn: { ...webauthn } } }))
  const { type, credential_options } = asObject(body.webauthn) ?? {}
  const publicKey = asObject(asObject(credential_options)?.publicKey)
  const known = type === 'create' || type === 'request'
  const { id, expires_at } = body
  if (known && publicKey && text(id) && typeof expires_at === 'number') {
    return { id: `${id}`, expires_at, type, publicKey }
  }
  throw new HoldfastError('bad_response', 'The answer is no challenge to a security key.')
}

/** Asks the server what a browser is to be asked. */
export async function challengeKey(
  face: Face,
  params: MFAChallengeWebauthnParams,
): Promise<WebauthnChallenge> {
  const { id, expires_at, type, publicKey: json } = await askServer(face, params)
  const webauthn =
    type === 'create'
      ? { type, credential_options: { publicKey: parseCreation(json) } }
      : { type, credential_options: { publicKey: parseRequest(json) } }
  return { id, type: 'webauthn', expires_at, webauthn }
}

/** Some browsers make no credential for somebody without a name. */
function withName(json: WireChallenge['publicKey'], friendlyName: string | undefined): object {
  const user = asObject(json.user) ?? {}
  const name = text(user.name) ?? friendlyName ?? user.id
  return { ...json, user: { ...user, name, displayName: text(user.displayName) ?? name } }
}

type Challenging = MFAChallengeWebauthnParams & {
  readonly friendlyName?: string | undefined
  readonly signal?: AbortSignal | undefined
}

async function answer(
  face: Face,
  params: Challenging,
  overrides: { create?: CreationOverrides; request?: RequestOverrides } = {},
): Promise<AnsweredChallenge> {
  const { factorId, signal, friendlyName } = { ...params }
  needBrowser()
  const { id: challengeId, type, publicKey: json } = await askServer(face, params)
  const options =
    type === 'create'
      ? forKeys(parseCreation(withName(json, friendlyName)), overrides?.create)
      : forKeys(parseRequest(json), overrides?.request)
  const credential_response = await askBrowser(options, { signal })
  return { factorId, challengeId, webauthn: { type, credential_response } }
}

/** Shows the server what a browser answered, which raises the session. */
export async function verifyKey(face: Face, params: MFAVerifyWebauthnParams): Promise<Session> {
  const { factorId, challengeId, webauthn } = { ...params }
  const path = `${pathOf(factorId)}/verify`
  const json = { challenge_id: needId('challengeId', challengeId), webauthn: { ...webauthn } }
  return toSession(await requestsOf(face).raise((step) => step(path, json)))
}

/** The pages that a credential is for. @throws AuthError where there is no page */
function siteOf({ client }: Face, { rpId, rpOrigins }: WebauthnSettings) {
  const href = client.actions[AREA].host.page.href()
  const { hostname, origin } = href ? new URL(href) : {}
  const host = rpId ?? hostname
  if (!host)
    throw new AuthError('`webauthn.rpId` is missing, and there is no page to take it from.')
  const origins = rpOrigins ?? (origin ? [origin] : undefined)
  return { rpId: host, ...(origins && { rpOrigins: origins }) }
}

/** Challenges, and shows the answer. */
async function prove(
  face: Face,
  params: { readonly factorId: string; readonly friendlyName?: string | undefined } & {
    readonly webauthn?: WebauthnSettings | undefined
  },
  overrides: { create?: CreationOverrides; request?: RequestOverrides },
): Promise<Session> {
  const { webauthn: settings, ...rest } = params
  const site = siteOf(face, { ...settings })
  const asked = { ...rest, webauthn: site, signal: settings?.signal }
  const { factorId, challengeId, webauthn } = await answer(face, asked, overrides)
  return verifyKey(face, { factorId, challengeId, webauthn: { ...site, ...webauthn } })
}

/** A key of that name that nobody has proved keeps the name taken. */
async function freeName(face: Face, friendlyName: string): Promise<void> {
  const { factors } = fieldsOf(await requestsOf(face).ask('/user', { method: 'GET' }))
  const list = Array.isArray(factors) ? factors.map(fieldsOf) : []
  const left = list.find(
    ({ factor_type, friendly_name, status }) =>
      factor_type === 'webauthn' && friendly_name === friendlyName && status === 'unverified',
  )
  if (left) await requestsOf(face).ask(pathOf(left.id), { method: 'DELETE' })
}

async function register(
  face: Face,
  params: { friendlyName?: string; webauthn?: WebauthnSettings } | undefined,
  overrides: CreationOverrides | undefined,
): Promise<Session> {
  const { friendlyName, webauthn } = { ...params }
  siteOf(face, { ...webauthn })
  needBrowser()
  const { id: factorId } = await enrollKey(face, { friendlyName }).catch(async (error: unknown) => {
    if (friendlyName) await freeName(face, friendlyName).catch(() => {})
    throw error
  })
  const asked = { factorId, friendlyName, webauthn }
  return prove(face, asked, { ...(overrides && { create: overrides }) }).catch(
    async (error: unknown) => {
      // It would keep its name taken for five minutes. Unanswered, it may count by now.
      const unanswered = isHoldfastError(error) && error.retryable && !error.status
      const remove = async () => requestsOf(face).ask(pathOf(factorId), { method: 'DELETE' })
      if (!unanswered) await remove().catch(() => {})
      throw error
    },
  )
}

/** Security keys as second factors. */
export const webauthnApi = (face: Face): MfaWebAuthnMethods => ({
  enroll: (params) => run(face, () => enrollKey(face, params), null),
  challenge: (params, overrides) => run(face, () => answer(face, params, overrides), null),
  verify: (params) => run(face, () => verifyKey(face, params), null),
  register: (params, overrides) => run(face, () => register(face, params, overrides), null),
  authenticate: (params, overrides) =>
    run(
      face,
      async () => {
        const { factorId, webauthn } = { ...params }
        const asked = { factorId: needText('factorId', factorId), webauthn }
        return prove(face, asked, { ...(overrides && { request: overrides }) })
      },
      null,
    ),
})
