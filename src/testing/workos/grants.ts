import { base64url, sha256, utf8 } from '../server/encoding.js'
import { field, json } from '../server/json.js'
import { type Client, type Route, type ServerContext, sessionAnswer } from './context.js'
import { answerInCookie, readToken } from './cookies.js'
import { ownerOfDevice } from './devices.js'
import type { Person } from './directory.js'
import { refuse, refuseCode, refuseGrant, refuseOAuth } from './errors.js'
import { takeDigits } from './factors.js'
import { takeCode } from './mails.js'
import { enter } from './organizations.js'
import { findPending } from './pending.js'
import { provenByMail, provenBySms } from './radar.js'
import type { Answer } from './sessions.js'
import { signIn } from './sign-in.js'

/** How long a code lives, in ms: WorkOS's ten minutes. */
const CODE_LIFE = 600_000

/** A grant as it was asked for. */
interface Attempt {
  readonly client: Client
  /** Whether the client has shown its secret. */
  readonly confidential: boolean
  readonly body: Answer
  /** The refresh token of the browser's cookie. */
  readonly cookie: string | undefined
}

type Grant = (context: ServerContext, attempt: Attempt) => Promise<Answer>

const authorizationCode: Grant = async (context, { client, confidential, body }) => {
  const text = field(body, 'code') ?? ''
  const unknown = (): never => refuseGrant(`The code '${text}' has expired or is invalid.`)
  const code = context.codes.get(text)
  if (code?.clientId !== client.id || context.now() > code.at + CODE_LIFE) return unknown()
  const verifier = field(body, 'code_verifier')
  if (!code.challenge && !confidential) {
    return refuseOAuth('invalid_request', 'Public clients must use PKCE.')
  }
  if (code.challenge) {
    if (!verifier) return refuseOAuth('invalid_request', 'Missing code verifier.')
    const challenge = base64url(await sha256(utf8(verifier)))
    if (challenge !== code.challenge) return refuseGrant('Invalid code verifier.')
  }
  // Another request may have spent the code while the verifier was hashed.
  if (!context.codes.delete(text)) return unknown()
  return signIn(context, code, code.organizationId)
}

const refreshToken: Grant = async (context, { client, body, cookie }) => {
  const token = field(body, 'refresh_token') ?? cookie
  if (!token) return refuseOAuth('invalid_request', 'Missing refresh token.')
  return context.sessions.trade({
    token,
    clientId: client.id,
    enter(session) {
      const person = context.directory.people.get(session.userId)
      // Where a refresh names none the real server chooses again, which need not be the session's.
      const [first = null] = person?.memberships.keys() ?? []
      const organizationId = field(body, 'organization_id') ?? first
      if (person && organizationId) {
        const admitted = session.admittedTo === organizationId
        enter(context, { person, organizationId, admitted })
      }
      session.organizationId = organizationId
    },
    mint: (session, next) => sessionAnswer(context, session, next),
  })
}

/** Refuses whoever has not shown the secret: the API demands it for these grants. */
const secretly =
  (grant: Grant): Grant =>
  async (context, attempt) =>
    attempt.confidential
      ? grant(context, attempt)
      : refuseOAuth('unauthorized_client', 'This grant takes a client_secret.')

/** Somebody who has proved that an address is theirs. */
function verified({ directory, now }: ServerContext, email: string): Person {
  const person = directory.get(email)
  if (person.profile.emailVerified === false) {
    person.profile = { ...person.profile, emailVerified: true }
    person.updatedAt = now()
  }
  return person
}

const password: Grant = async (context, { client, body }) => {
  const person = context.directory.find(field(body, 'email') ?? '')
  const known = person?.profile.password
  if (!person || known === undefined || known !== field(body, 'password')) {
    return refuseCode(400, { code: 'invalid_credentials', message: 'Invalid credentials.' })
  }
  return signIn(context, { clientId: client.id, person, method: 'Password', hosted: false })
}

const magicCode: Grant = async (context, { client, body }) => {
  const email = field(body, 'email') ?? ''
  takeCode(context, { kind: 'magic_auth', to: email, code: field(body, 'code') })
  const person = verified(context, email)
  return signIn(context, { clientId: client.id, person, method: 'MagicAuth', hosted: false })
}

const emailCode: Grant = async (context, { client, body }) => {
  const token = field(body, 'pending_authentication_token')
  const begun = findPending(context, { token, clientId: client.id }, 'email_verification')
  const { email } = begun.person
  takeCode(context, { kind: 'email_verification', to: email, code: field(body, 'code') })
  context.pending.delete(token ?? '')
  verified(context, email)
  return signIn(context, begun)
}

const totp: Grant = async (context, { client, body }) => {
  const token = field(body, 'pending_authentication_token')
  const asked = { token, clientId: client.id }
  const begun = findPending(context, asked, 'mfa_challenge', 'mfa_enrollment')
  await takeDigits(context, { body, userId: begun.person.id })
  // Another request may have gone on with it while the digits were made.
  if (!context.pending.delete(token ?? '')) findPending(context, asked)
  return signIn(context, { ...begun, hasFactor: true })
}

const radarEmailCode: Grant = async (context, { client, body }) =>
  signIn(context, provenByMail(context, { body, clientId: client.id }))

const radarSmsCode: Grant = async (context, { client, body }) =>
  signIn(context, provenBySms(context, { body, clientId: client.id }))

const deviceCode: Grant = async (context, { client, body }) => {
  const person = ownerOfDevice(context, { client, code: field(body, 'device_code') ?? '' })
  // Whoever let it in was signed in by AuthKit's pages.
  return signIn(context, { clientId: client.id, person, method: 'Password', hosted: true })
}

const organizationSelection: Grant = async (context, { client, body }) => {
  const token = field(body, 'pending_authentication_token')
  const begun = findPending(context, { token, clientId: client.id }, 'organization_selection')
  const organizationId = field(body, 'organization_id')
  if (!organizationId) {
    const message = 'The organization_id is missing.'
    return refuseCode(400, { code: 'invalid_organization_id', message })
  }
  // A wrong choice leaves the token for another.
  enter(context, { person: begun.person, organizationId, admitted: begun.hosted })
  context.pending.delete(token ?? '')
  return signIn(context, begun, organizationId)
}

const WORKOS = 'urn:workos:oauth:grant-type:'

const GRANTS: Readonly<Record<string, Grant>> = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  password: secretly(password),
  [`${WORKOS}magic-auth:code`]: secretly(magicCode),
  [`${WORKOS}email-verification:code`]: secretly(emailCode),
  [`${WORKOS}mfa-totp`]: secretly(totp),
  [`${WORKOS}radar-email-challenge:code`]: secretly(radarEmailCode),
  [`${WORKOS}radar-sms-challenge:code`]: secretly(radarSmsCode),
  [`${WORKOS}organization-selection`]: secretly(organizationSelection),
  'urn:ietf:params:oauth:grant-type:device_code': deviceCode,
}

/** @throws WorkOSRefusal 422 when a field is there and no text. */
function checkTypes(body: Answer): void {
  const wrong = Object.entries(body).filter(
    ([, value]) => value !== null && typeof value !== 'string',
  )
  const missing = ['client_id', 'grant_type'].filter((name) => !field(body, name))
  const fields = [...wrong.map(([name]) => name), ...missing]
  if (fields.length === 0) return
  refuseCode(422, {
    code: 'invalid_request_parameters',
    message: 'Validation failed',
    errors: fields.map((name) => ({ field: name, code: `${name}_invalid` })),
  })
}

/** `POST /user_management/authenticate` */
export const authenticate: Route = async (context, call) => {
  const { body } = call
  checkTypes(body)
  const client = context.clients.get(field(body, 'client_id') ?? '')
  if (!client) return refuseOAuth('invalid_client', 'Invalid client ID.')
  const secret = field(body, 'client_secret')
  if (secret !== undefined && secret !== client.apiKey) {
    return refuse(401, { error: 'invalid_client', error_description: 'Invalid client secret.' })
  }
  const name = field(body, 'grant_type') ?? ''
  const grant = Object.hasOwn(GRANTS, name) ? GRANTS[name] : undefined
  if (!grant) return refuseOAuth('unsupported_grant_type', 'The grant type is not supported.')
  const confidential = secret !== undefined
  const inCookie = client.cookies && !confidential
  const cookie = inCookie ? readToken(call.request, client.id) : undefined
  const answer = await grant(context, { client, confidential, body, cookie })
  return inCookie ? answerInCookie(call, client.id, answer) : json(200, answer)
}
