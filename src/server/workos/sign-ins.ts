import { AuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { asObject, snakeCase, text } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import type { WorkOSUser } from '../../providers/workos/index.js'
import { checkObject } from '../shared/arguments.js'
import type { WorkOSSignIns } from './sign-in-types.js'

type Fields = Readonly<Record<string, unknown>>

/** What sign-ins go through. */
export interface SignInWires {
  /** Trades a grant for a session. `byId`: as a public client, which shows no secret. */
  grant(
    grantType: string,
    fields: Fields,
    options: { readonly context?: RequestContext | undefined; readonly byId?: boolean },
  ): Promise<Grant<WorkOSUser>>
  /** Calls the API by its key. @throws AuthError for a refusal. */
  call(path: string, fields: Fields, context?: RequestContext): Promise<Fields>
  readonly clientId: string
}

const WORKOS = 'urn:workos:oauth:grant-type:'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

/** What a device waits between two questions where the server does not say, in ms (RFC 8628 §3.2). */
const INTERVAL = 5_000

/** What any sign-in may say besides. */
const OPTIONAL = ['invitationToken', 'verificationId', 'phoneNumber', 'ipAddress', 'userAgent']

/** @throws AuthError `invalid_argument` that names the first that is no text: WorkOS would say 422. */
function checkTexts(given: object, names: readonly string[]): void {
  checkObject('exchange', given)
  const missing = names.find((name) => !text(Reflect.get(given, name)))
  if (missing) throw new AuthError('invalid_argument', `Pass \`${missing}\`, as a text.`)
}

/** @throws AuthError `invalid_argument` for what is no id. */
function checkId(name: string, id: unknown): string {
  if (text(id)) return encodeURIComponent(String(id))
  throw new AuthError('invalid_argument', `Pass \`${name}\`, as a text.`)
}

/** The fields of a call as they go over the wire. */
const toWire = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeCase(name), value]))

/** @throws AuthError `bad_response` where WorkOS leaves out what it promises. */
function required(fields: Fields, name: string): string {
  const value = text(fields[name])
  if (value !== undefined) return value
  throw new AuthError('bad_response', `The answer of WorkOS lacks \`${name}\`.`)
}

const milliseconds = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' ? positive(seconds * 1000) : undefined

type Grants = Pick<
  WorkOSSignIns,
  | 'exchangeCode'
  | 'exchangePassword'
  | 'exchangeMagicCode'
  | 'exchangeEmailCode'
  | 'selectOrganization'
  | 'exchangeTotp'
  | 'exchangeRadarEmailCode'
  | 'exchangeRadarSmsCode'
  | 'exchangeDeviceCode'
>

function createGrants({ grant }: SignInWires): Grants {
  /** A grant whose fields go over the wire by the names that they have here. */
  const trade =
    <Exchange extends object>(grantType: string, ...names: (keyof Exchange & string)[]) =>
    async (exchange: Exchange, context?: RequestContext): Promise<Grant<WorkOSUser>> => {
      checkTexts(exchange, names)
      const sent = [...names, ...OPTIONAL].map((name) => [name, Reflect.get(exchange, name)])
      return grant(grantType, toWire(Object.fromEntries(sent)), { context })
    }

  const exchangeTotp = trade(
    `${WORKOS}mfa-totp`,
    'code',
    'authenticationChallengeId',
    'pendingAuthenticationToken',
  )

  return {
    async exchangeCode({ code, codeVerifier, invitationToken, ipAddress, userAgent }, context) {
      checkTexts({ code }, ['code'])
      const fields = { code, codeVerifier, invitationToken, ipAddress, userAgent }
      return grant('authorization_code', toWire(fields), { context })
    },
    exchangePassword: trade('password', 'email', 'password'),
    exchangeMagicCode: trade(`${WORKOS}magic-auth:code`, 'email', 'code'),
    exchangeEmailCode: trade(
      `${WORKOS}email-verification:code`,
      'code',
      'pendingAuthenticationToken',
    ),
    selectOrganization: trade(
      `${WORKOS}organization-selection`,
      'organizationId',
      'pendingAuthenticationToken',
    ),
    async exchangeTotp(exchange, context) {
      checkTexts(exchange, ['challengeId'])
      const { challengeId: authenticationChallengeId, ...rest } = exchange
      return exchangeTotp({ ...rest, authenticationChallengeId }, context)
    },
    exchangeRadarEmailCode: trade(
      `${WORKOS}radar-email-challenge:code`,
      'code',
      'radarChallengeId',
      'pendingAuthenticationToken',
    ),
    exchangeRadarSmsCode: trade(
      `${WORKOS}radar-sms-challenge:code`,
      'code',
      'pendingAuthenticationToken',
    ),
    async exchangeDeviceCode(exchange, context) {
      checkTexts(exchange, ['deviceCode'])
      const { deviceCode } = exchange
      return grant(DEVICE, toWire({ deviceCode }), { context, byId: true })
    },
  }
}

/** Makes the sign-ins of a server that has pages of its own for them. */
export function createSignIns(wires: SignInWires): WorkOSSignIns {
  const { call, clientId } = wires
  return {
    ...createGrants(wires),
    async sendMagicCode(to, context) {
      checkTexts(to, ['email'])
      const { email, invitationToken, ipAddress, userAgent } = to
      const fields = { email, invitationToken, ipAddress, userAgent }
      await call('/user_management/magic_auth', toWire(fields), context)
    },
    async sendRadarSms(to, context) {
      checkTexts(to, ['userId', 'phoneNumber', 'pendingAuthenticationToken'])
      const { userId, phoneNumber, pendingAuthenticationToken, ipAddress, userAgent } = to
      const fields = { userId, phoneNumber, pendingAuthenticationToken, ipAddress, userAgent }
      const answer = await call('/user_management/radar_challenges', toWire(fields), context)
      return {
        verificationId: required(answer, 'verification_id'),
        phoneNumber: required(answer, 'phone_number'),
      }
    },
    async challengeFactor(factorId, context) {
      const path = `/auth/factors/${checkId('factorId', factorId)}/challenge`
      return { challengeId: required(await call(path, {}, context), 'id') }
    },
    async enrollTotp(who, context) {
      checkObject('who', who)
      const path = `/user_management/users/${checkId('userId', who.userId)}/auth_factors`
      const fields = { type: 'totp', totpIssuer: who.issuer, totpUser: who.account }
      const answer = await call(path, toWire(fields), context)
      const factor = asObject(answer.authentication_factor) ?? {}
      const totp = asObject(factor.totp) ?? {}
      return {
        factorId: required(factor, 'id'),
        challengeId: required(asObject(answer.authentication_challenge) ?? {}, 'id'),
        secret: required(totp, 'secret'),
        uri: required(totp, 'uri'),
        qrCode: required(totp, 'qr_code'),
      }
    },
    async beginDevice(context) {
      const path = '/user_management/authorize/device'
      const answer = await call(path, { client_id: clientId }, context)
      const lifetime = milliseconds(answer.expires_in)
      if (lifetime === undefined) {
        throw new AuthError('bad_response', 'The answer of WorkOS lacks `expires_in`.')
      }
      return {
        deviceCode: required(answer, 'device_code'),
        userCode: required(answer, 'user_code'),
        verificationUrl: required(answer, 'verification_uri'),
        verificationUrlComplete: text(answer.verification_uri_complete),
        lifetime,
        interval: milliseconds(answer.interval) ?? INTERVAL,
      }
    },
  }
}
