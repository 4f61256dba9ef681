import { uuid } from '../server/encoding.js'
import { describeFactor } from './mfa-factors.js'
import type { ProviderPerson } from './provider-people.js'
import type { Account, AccountIdentity, SeedUser } from './types.js'

/** Who is to be made. `registers` is whoever does it themselves: the server notes what they gave. */
export interface NewAccount extends SeedUser {
  readonly confirmed?: boolean
  readonly anonymous?: boolean
  readonly registers?: boolean
  /** @default 'email' or 'phone' */
  readonly provider?: string
  /** What that provider says of them, in place of what they gave. */
  readonly person?: ProviderPerson
}

const stamp = (ms: number): string => new Date(ms).toISOString()

/** What the server itself notes of an address, in the identity's data and in the user's metadata. */
const noted = ({ id, email, phone, confirmed }: Account): Readonly<Record<string, unknown>> => ({
  ...(email && { email }),
  email_verified: confirmed && email !== null,
  phone_verified: confirmed && phone !== null,
  sub: id,
})

/** Makes an account. */
export function createAccount(seed: NewAccount, random: () => number, now: number): Account {
  const { email = null, phone = null, data = {}, confirmed = true, anonymous = false } = seed
  const provider = seed.provider ?? (phone !== null && email === null ? 'phone' : 'email')
  const account: Account = {
    id: uuid(random),
    email,
    newEmail: null,
    phone,
    newPhone: null,
    password: seed.password ?? null,
    data,
    appMetadata: anonymous ? {} : { provider, providers: [provider] },
    role: seed.role ?? 'authenticated',
    confirmed,
    anonymous,
    banned: false,
    identities: [],
    factors: [],
    confirmationSentAt: null,
    recoverySentAt: null,
    emailChangeSentAt: null,
    phoneChangeSentAt: null,
    reauthenticationSentAt: null,
    lastSignInAt: null,
    createdAt: now,
    updatedAt: now,
  }
  if (anonymous) return account
  if (seed.person) {
    account.data = seed.person.data
    account.identities.push({
      identityId: uuid(random),
      provider,
      email,
      createdAt: now,
      ...seed.person,
    })
    return account
  }
  account.data = seed.registers ? { ...data, ...noted(account) } : { ...data, email_verified: true }
  addIdentity(account, { provider, data: seed.registers ? data : {}, random, now })
  return account
}

/** Gives an account one more identity, with its address as it is now. */
export function addIdentity(
  account: Account,
  from: {
    readonly provider: string
    readonly data?: Readonly<Record<string, unknown>>
    random(): number
    readonly now: number
  },
): void {
  account.identities.push({
    identityId: uuid(from.random),
    provider: from.provider,
    email: account.email,
    data: { ...from.data, ...noted(account) },
    createdAt: from.now,
  })
}

/** Makes the new address the only one, in the identity that is an address too. */
export function takeNewEmail(account: Account): void {
  const email = account.newEmail
  account.email = email
  account.newEmail = null
  account.identities.forEach((identity, index) => {
    if (identity.provider !== 'email') return
    account.identities[index] = { ...identity, email, data: { ...identity.data, email } }
  })
}

/** Makes the new number the only one, in the identity that is a number too. */
export function takeNewPhone(account: Account): void {
  const phone = account.newPhone
  account.phone = phone
  account.newPhone = null
  account.identities.forEach((identity, index) => {
    if (identity.provider !== 'phone') return
    const data = { ...identity.data, phone, phone_verified: true }
    account.identities[index] = { ...identity, data }
  })
}

/** Notes that a person has the address that they said. */
export function confirmAddress(account: Account): void {
  account.confirmed = true
  account.data = { ...account.data, email_verified: account.email !== null }
}

const describeIdentity = (
  { identityId, subject, provider, email, data, createdAt }: AccountIdentity,
  userId: string,
): Record<string, unknown> => ({
  identity_id: identityId,
  // The id that the provider knows its person by; an address has none but the user's.
  id: subject ?? data.sub ?? userId,
  user_id: userId,
  identity_data: data,
  provider,
  last_sign_in_at: stamp(createdAt),
  created_at: stamp(createdAt),
  updated_at: stamp(createdAt),
  ...(email !== null && { email }),
})

/** A user as the wire describes them: what never happened has no field. */
export function describeUser(
  account: Account,
): Record<string, unknown> & { readonly identities: readonly Record<string, unknown>[] } {
  const { confirmed, email, phone, createdAt, newEmail, newPhone } = account
  const stamps = {
    email_confirmed_at: confirmed && email ? createdAt : null,
    phone_confirmed_at: confirmed && phone ? createdAt : null,
    confirmation_sent_at: account.confirmationSentAt,
    confirmed_at: confirmed && (email || phone) ? createdAt : null,
    recovery_sent_at: account.recoverySentAt,
    email_change_sent_at: account.emailChangeSentAt,
    phone_change_sent_at: account.phoneChangeSentAt,
    reauthentication_sent_at: account.reauthenticationSentAt,
    last_sign_in_at: account.lastSignInAt,
  }
  const happened = Object.entries(stamps).filter(([, at]) => at !== null)
  return {
    id: account.id,
    aud: 'authenticated',
    role: account.role,
    email: email ?? '',
    phone: phone ?? '',
    ...Object.fromEntries(happened.map(([name, at]) => [name, stamp(Number(at))])),
    ...(newEmail && { new_email: newEmail }),
    ...(newPhone && { new_phone: newPhone }),
    app_metadata: account.appMetadata,
    user_metadata: account.data,
    ...(account.factors.length > 0 && { factors: account.factors.map(describeFactor) }),
    identities: account.identities.map((identity) => describeIdentity(identity, account.id)),
    created_at: stamp(createdAt),
    updated_at: stamp(account.updatedAt),
    is_anonymous: account.anonymous,
  }
}
