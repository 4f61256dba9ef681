import { base64url, utf8, uuid } from '../server/encoding.js'
import { field, json, objectField } from '../server/json.js'
import { checkCaptcha } from './captcha.js'
import {
  authenticate,
  type Call,
  newSession,
  type ServerContext,
  type StoredPasskey,
} from './context.js'
import { refuse } from './errors.js'
import type { Account } from './types.js'
import { bytesOf, checkAssertion, checkCreation } from './webauthn.js'
import { CREDENTIAL_PARAMETERS } from './webauthn-types.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** GOTRUE_WEBAUTHN_CHALLENGE_EXPIRY_DURATION as GoTrue sets it by default, in ms. */
const CHALLENGE_LIFE = 300_000

const failed = (): never =>
  refuse(400, 'webauthn_verification_failed', 'Credential verification failed')

/** @throws GoTrueRefusal `passkey_disabled` */
function settingsOf({ options: { passkeys } }: ServerContext) {
  return passkeys ?? refuse(404, 'passkey_disabled', 'Passkeys are disabled')
}

/** Answers with a challenge, which is good for one try. */
function challenge(
  context: ServerContext,
  userId: string | null,
  options: Readonly<Record<string, unknown>>,
): Response {
  const bytes = Uint8Array.from({ length: 32 }, () => Math.floor(context.random() * 256))
  const text = base64url(bytes)
  const expiresAt = context.now() + CHALLENGE_LIFE
  const id = uuid(context.random)
  context.passkeyChallenges.set(id, { challenge: text, userId, expiresAt })
  return json(200, {
    challenge_id: id,
    options: { ...options, challenge: text, timeout: CHALLENGE_LIFE },
    expires_at: Math.floor(expiresAt / 1000),
  })
}

/** The challenge that a request answers, spent by it, and the credential it is answered with. */
function answered(context: ServerContext, { body }: Call, userId: string | null) {
  const id = field(body, 'challenge_id')
  const credential = objectField(body, 'credential')
  if (!id || !credential) {
    return refuse(400, 'validation_failed', 'challenge_id and credential are required')
  }
  const found = context.passkeyChallenges.get(id)
  if (!found || found.userId !== userId) {
    return refuse(400, 'webauthn_challenge_not_found', 'Challenge not found or already used')
  }
  context.passkeyChallenges.delete(id)
  if (context.now() >= found.expiresAt) {
    return refuse(400, 'webauthn_challenge_expired', 'Challenge has expired')
  }
  const { rpId, origins } = settingsOf(context)
  return { credential, wanted: { challenge: found.challenge, rpId, origins } }
}

const ofPerson = ({ passkeys }: ServerContext, { id }: Account): readonly StoredPasskey[] =>
  [...passkeys.values()].filter(({ userId }) => userId === id)

const describe = (passkey: StoredPasskey): Record<string, unknown> => ({
  id: passkey.id,
  friendly_name: passkey.friendlyName,
  created_at: new Date(passkey.createdAt).toISOString(),
  // GoTrue's `omitempty` (2.196, passkey_manage.go).
  ...(passkey.lastUsedAt !== null && { last_used_at: new Date(passkey.lastUsedAt).toISOString() }),
})

/** `POST /passkeys/registration/options`. */
export const registrationOptions: Route = async (context, call) => {
  const { rpId, rpName = rpId } = settingsOf(context)
  const { account } = await authenticate(context, call)
  const name = account.email || account.phone || account.id
  const known = ofPerson(context, account).map(({ credential: { id } }) => ({
    type: 'public-key',
    id,
  }))
  return challenge(context, account.id, {
    rp: { name: rpName, id: rpId },
    user: { name, displayName: name, id: base64url(utf8(account.id)) },
    pubKeyCredParams: CREDENTIAL_PARAMETERS,
    ...(known.length > 0 && { excludeCredentials: known }),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    attestation: 'none',
  })
}

/** `POST /passkeys/registration/verify`. */
export const registrationVerify: Route = async (context, call) => {
  settingsOf(context)
  const { account } = await authenticate(context, call)
  const { credential: given, wanted } = answered(context, call, account.id)
  const made = await checkCreation(given, { ...wanted, type: 'create' }).catch(failed)
  const { credential, format } = made
  const known = [...context.passkeys.values()].some((old) => old.credential.id === credential.id)
  // Nobody was asked who made the device, and so nobody may say it.
  if (known || format !== 'none') failed()
  const passkey: StoredPasskey = {
    credential,
    id: uuid(context.random),
    userId: account.id,
    friendlyName: 'Passkey',
    createdAt: context.now(),
    lastUsedAt: null,
  }
  context.passkeys.set(passkey.id, passkey)
  return json(200, describe(passkey))
}

/** `POST /passkeys/authentication/options`. */
export const authenticationOptions: Route = async (context, call) => {
  const { rpId } = settingsOf(context)
  checkCaptcha(context, call)
  return challenge(context, null, { rpId, userVerification: 'preferred' })
}

/** `POST /passkeys/authentication/verify`. */
export const authenticationVerify: Route = async (context, call) => {
  settingsOf(context)
  const { credential, wanted } = answered(context, call, null)
  const passkey = [...context.passkeys.values()].find((one) => one.credential.id === credential.id)
  const account = passkey && context.accounts.all.get(passkey.userId)
  if (!account) return failed()
  try {
    const response = objectField(credential, 'response') ?? {}
    const handle = new TextDecoder().decode(bytesOf(response, 'userHandle'))
    if (handle !== account.id) failed()
    await checkAssertion(credential, { ...wanted, type: 'request' }, [passkey.credential])
  } catch {
    failed()
  }
  const session = await newSession(context, account, { method: 'passkey' })
  passkey.lastUsedAt = context.now()
  return session
}

/** `GET /passkeys`. */
export const listPasskeys: Route = async (context, call) => {
  settingsOf(context)
  const { account } = await authenticate(context, call)
  return json(200, ofPerson(context, account).map(describe))
}

/** A passkey by its id, of whoever asks. @throws GoTrueRefusal */
async function passkeyOf(context: ServerContext, call: Call): Promise<StoredPasskey> {
  settingsOf(context)
  const { account } = await authenticate(context, call)
  const found = ofPerson(context, account).find(({ id }) => id === call.id)
  return found ?? refuse(404, 'validation_failed', 'Passkey not found')
}

/** `PATCH /passkeys/{id}`. */
export const renamePasskey: Route = async (context, call) => {
  const passkey = await passkeyOf(context, call)
  const name = field(call.body, 'friendly_name')
  if (!name) return refuse(400, 'validation_failed', 'friendly_name is required')
  passkey.friendlyName = name
  return json(200, describe(passkey))
}

/** `DELETE /passkeys/{id}`. */
export const deletePasskey: Route = async (context, call) => {
  context.passkeys.delete((await passkeyOf(context, call)).id)
  return json(204, null)
}
