import { guardAll } from '../../core/guarded.js'
import type { CallOptions } from '../../core/provider.js'
import { text } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { checkTexts } from './arguments.js'
import { bad, codeOf, count, fieldsOf, idOf, need, pathOf } from './mfa-answers.js'
import { createRequests, lower } from './mfa-requests.js'
import type {
  Factor,
  FactorChallenge,
  Mfa,
  MfaClient,
  PhoneFactor,
  PhoneOptions,
  TotpFactor,
  TotpOptions,
} from './mfa-types.js'
import type { AnyMetadata } from './types.js'

/** An `<img>` shows it: all that means something in an address is escaped, halves of letters go. */
const toDataUrl = (svg: string): string =>
  `data:image/svg+xml,${encodeURIComponent(svg.replace(/\p{Surrogate}/gu, ''))}`

type Fields = Readonly<Record<string, unknown>>

const baseOf = ({ id, friendly_name }: Fields) => ({
  id: idOf(id),
  friendlyName: text(friendly_name),
})

/** `null` for what never happened. */
const time = (value: unknown): number | null => Date.parse(text(value) ?? '') || null

function readFactor(value: unknown): Factor {
  const fields = fieldsOf(value)
  return {
    ...baseOf(fields),
    type: need(fields.factor_type),
    status: need(fields.status),
    phone: text(fields.phone),
    createdAt: time(fields.created_at),
    lastChallengedAt: time(fields.last_challenged_at),
  }
}

/** A challenge as the server tells it. @throws AuthError `bad_response` */
export function readChallenge(body: unknown): FactorChallenge {
  const { id, expires_at } = fieldsOf(body)
  return { id: idOf(id), expiresAt: count(expires_at) * 1000 }
}

/**
 * Second factors for a client of `gotrue()`: codes of an authenticator app, and by text message.
 * @example
 * ```ts
 * import { mfa } from 'holdfast/providers/gotrue/mfa'
 *
 * const factors = mfa(auth)
 * const { id, totp } = await factors.enroll({ type: 'totp' })
 * document.images[0]?.setAttribute('src', totp.qrCode)
 * await factors.challengeAndVerify({ factorId: id, code: await askForTheCode() })
 * ```
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function mfa<Metadata extends object = AnyMetadata>(
  auth: MfaClient<Metadata>,
): Mfa<Metadata> {
  const { ask, raise } = createRequests('mfa', auth)

  async function enroll(options: TotpOptions, call?: CallOptions): Promise<TotpFactor>
  async function enroll(options: PhoneOptions, call?: CallOptions): Promise<PhoneFactor>
  async function enroll(
    options: TotpOptions | PhoneOptions,
    call?: CallOptions,
  ): Promise<TotpFactor | PhoneFactor> {
    checkTexts(options)
    const { type, friendlyName: friendly_name, ...own } = { phone: undefined, ...options }
    const json = { factor_type: type, friendly_name, ...own }
    if (type !== 'totp' && !(type === 'phone' && own.phone)) {
      return invalid('`type` or `phone` is missing.')
    }
    const fields = fieldsOf(await ask('/factors', { json }, call))
    const base = baseOf(fields)
    if (type === 'phone') return { ...base, type, phone: need(fields.phone) }
    const { qr_code, secret, uri } = fieldsOf(fields.totp)
    const totp = { qrCode: toDataUrl(need(qr_code)), secret: need(secret), uri: need(uri) }
    return { ...base, type, totp }
  }

  const verify: Mfa<Metadata>['verify'] = async (options, call) => {
    checkTexts(options)
    const path = pathOf(options?.factorId)
    const code = codeOf(options.code)
    return raise(async (step) => {
      const challenge_id =
        options.challengeId ?? readChallenge(await step(`${path}/challenge`, {})).id
      return step(`${path}/verify`, { challenge_id, code })
    }, call)
  }

  return guardAll({
    enroll,
    async challenge(options, call) {
      checkTexts(options)
      const path = pathOf(options?.factorId)
      const json = { channel: options.channel }
      return readChallenge(await ask(`${path}/challenge`, { json }, call))
    },
    verify,
    challengeAndVerify: verify,
    async unenroll(options, call) {
      await ask(pathOf(options?.factorId), { method: 'DELETE' }, call)
      await lower(auth)
    },
    async list(call) {
      const { id, factors } = fieldsOf(await ask('/user', { method: 'GET' }, call))
      const list = need(id) && (factors ?? [])
      return Array.isArray(list) ? list.map(readFactor) : bad()
    },
  })
}
