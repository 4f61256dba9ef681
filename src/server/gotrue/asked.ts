import type {
  Address,
  GoTrueCredentials,
  OtpType,
  ResendOptions,
} from '../../providers/gotrue/index.js'
import { OTP_TYPES } from '../../providers/gotrue/otp-types.js'
import { asObject, text } from '../../providers/shared/json.js'
import { invalid } from '../../providers/shared/url.js'
import type { ServerUserChanges } from './types.js'

/** What a page asks for, as it came. */
export type Fields = Readonly<Record<string, unknown>>

/** As GoTrue makes them: hexadecimal, with a mark where PKCE asked for it. */
const HASH = /^(pkce_)?[\w-]{8,200}$/

/** Longer than whatever a person types, in characters. */
const LONGEST = 4_096

/** Texts by their names, without those that are not there. @throws AuthError `invalid_argument` */
export function textsOf<Name extends string>(
  fields: Fields,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = fields[name]
    if (value === undefined || value === null) continue
    const given = text(value)
    if (!given || given.length > LONGEST) invalid(`\`${name}\` is a text that says something.`)
    found[name] = given
  }
  return found
}

/** The data of an account. @throws AuthError `invalid_argument` for what is no object. */
export const dataOf = ({ data }: Fields): { readonly data?: Fields } =>
  data === undefined ? {} : { data: asObject(data) ?? invalid('`data` is an object.') }

/** Whose address is meant. @throws AuthError `invalid_argument` for none, and for both. */
export function addressOf(fields: Fields): Address {
  const { email, phone } = textsOf(fields, ['email', 'phone'])
  if (email && !phone) return { email }
  return phone && !email ? { phone } : invalid('Pass an `email` or a `phone`.')
}

/** The kind of a message. @throws AuthError `invalid_argument` for one that there is not. */
export const typeOf = (value: unknown): OtpType =>
  OTP_TYPES.find((type) => type === value) ?? invalid('There is no such `type` of a message.')

/** The hash and the kind of a link. @throws AuthError `invalid_argument` for what no link holds. */
export function linkOf(
  hash: unknown,
  type: unknown,
): { readonly tokenHash: string; readonly type: OtpType } {
  const tokenHash = text(hash) ?? ''
  if (!HASH.test(tokenHash)) invalid('This is no link of a message: its `token_hash` is none.')
  return { tokenHash, type: typeOf(type) }
}

/**
 * What somebody signs in with. The codes of redirects are none of it: what they belong to, the callback
 * knows.
 * @throws AuthError `invalid_argument` for what is no credential.
 */
export function credentialsOf(fields: Fields): GoTrueCredentials {
  const security = textsOf(fields, ['captchaToken'])
  const { password, code, idToken, provider } = textsOf(fields, [
    'password',
    'code',
    'idToken',
    'provider',
  ])
  if (fields.anonymous === true) return { anonymous: true, ...dataOf(fields), ...security }
  if (fields.tokenHash) return { ...linkOf(fields.tokenHash, fields.type), ...security }
  if (idToken && provider) {
    return { idToken, provider, ...textsOf(fields, ['accessToken', 'nonce']), ...security }
  }
  const address = addressOf(fields)
  if (password) return { ...address, password, ...security }
  const type = fields.type === undefined ? {} : { type: typeOf(fields.type) }
  if (code) return { ...address, code, ...type, ...security }
  return invalid('Pass a `password`, a `code`, a `tokenHash`, or an `idToken` with its `provider`.')
}

/** The message that is to be sent again. @throws AuthError `invalid_argument` */
export function resendOf(fields: Fields): ResendOptions {
  const address = addressOf(fields)
  const security = textsOf(fields, ['captchaToken'])
  const type = typeOf(fields.type)
  if ('email' in address && (type === 'signup' || type === 'email_change')) {
    return { type, ...address, ...security }
  }
  if ('phone' in address && (type === 'sms' || type === 'phone_change')) {
    return { type, ...address, ...security }
  }
  return invalid('`type` is `signup` or `email_change` for a mail, `sms` or `phone_change` else.')
}

/** By what a code goes to a phone, and the proof of a captcha. @throws AuthError `invalid_argument` */
export function messengerOf(fields: Fields): {
  readonly channel?: 'sms' | 'whatsapp'
  readonly captchaToken?: string
} {
  const { channel, ...security } = textsOf(fields, ['channel', 'captchaToken'])
  if (channel === undefined) return security
  if (channel === 'sms' || channel === 'whatsapp') return { channel, ...security }
  return invalid('`channel` is `sms` or `whatsapp`.')
}

/** By whose identity provider somebody signs in. @throws AuthError `invalid_argument` for nobody's. */
export function companyOf(fields: Fields): {
  readonly domainHint?: string
  readonly connectionId?: string
  readonly captchaToken?: string
} {
  const company = textsOf(fields, ['domainHint', 'connectionId', 'captchaToken'])
  if (company.domainHint || company.connectionId) return company
  return invalid('Pass a `domainHint` or a `connectionId`.')
}

/** What somebody changes of themselves. @throws AuthError `invalid_argument` */
export const changesOf = (fields: Fields): ServerUserChanges => ({
  ...textsOf(fields, ['password', 'nonce', 'currentPassword', 'email', 'phone']),
  ...dataOf(fields),
})
