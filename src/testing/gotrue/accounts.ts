import { randomText, uuid } from './encoding.js'
import { refuse } from './errors.js'
import type { Account, SeedUser, SentMessage } from './types.js'

/** Where somebody can be reached. */
export interface Reach {
  readonly email?: string
  readonly phone?: string
}

/** Addresses as GoTrue keeps them: small letters, and numbers without `+` and blanks. */
export const normalReach = ({ email, phone }: Reach): Reach => ({
  ...(email && { email: email.toLowerCase() }),
  ...(phone && { phone: phone.replace(/[+\s]/g, '') }),
})

/** A message to be sent. `link` gets the token hash. */
export interface Letter {
  readonly account: Account
  readonly type: string
  readonly to: string
  link(tokenHash: string): string
}

/** What somebody shows to prove that a message reached them. */
export interface Proof extends Reach {
  readonly type: string
  readonly code?: string
  readonly hash?: string
}

/** The people of one server, and the messages it sent them. */
export interface Accounts {
  readonly all: Map<string, Account>
  readonly messages: SentMessage[]
  create(seed: SeedUser & { readonly confirmed?: boolean; readonly anonymous?: boolean }): Account
  find(reach: Reach): Account | undefined
  /** Sends a one-time code and link. */
  send(letter: Letter): void
  /** Spends a code or hash, and all others of that person. @throws GoTrueRefusal `otp_expired` */
  spend(proof: Proof): Account
}

/** The messages whose codes a type of verification accepts. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  email: ['signup', 'magiclink', 'recovery'],
  magiclink: ['magiclink', 'recovery'],
  recovery: ['recovery', 'magiclink'],
  signup: ['signup'],
  email_change: ['email_change'],
  sms: ['sms'],
}

/** How long codes live, in ms: the hosted service's hour for mail, GoTrue's minute for texts. */
const lifeOf = (type: string): number => (type === 'sms' ? 60_000 : 3_600_000)

/** Passwords shorter than this are weak. */
const SHORTEST = 6

/** @throws GoTrueRefusal `weak_password` */
export function checkPassword(password: string): void {
  if (password.length >= SHORTEST) return
  refuse(422, 'weak_password', `Password should be at least ${SHORTEST} characters.`, {
    weak_password: { reasons: ['length'] },
  })
}

/** A user as the wire describes them. */
export function describeUser(account: Account): Record<string, unknown> {
  const at = (ms: number): string => new Date(ms).toISOString()
  const { newEmail } = account
  return {
    id: account.id,
    aud: 'authenticated',
    role: account.role,
    email: account.email ?? '',
    phone: account.phone ?? '',
    email_confirmed_at: account.confirmed && account.email ? at(account.createdAt) : null,
    phone_confirmed_at: account.confirmed && account.phone ? at(account.createdAt) : null,
    ...(newEmail && { new_email: newEmail }),
    app_metadata: account.appMetadata,
    user_metadata: account.data,
    identities: [],
    created_at: at(account.createdAt),
    updated_at: at(account.updatedAt),
    is_anonymous: account.anonymous,
  }
}

/** Makes the people of one server. */
export function createAccounts(random: () => number, now: () => number): Accounts {
  const all = new Map<string, Account>()
  const messages: SentMessage[] = []
  const open = new Map<SentMessage, Account>()

  return {
    all,
    messages,
    create({ password, data = {}, role, confirmed = true, anonymous = false, ...reach }) {
      const { email, phone } = normalReach(reach)
      const account: Account = {
        id: uuid(random),
        email: email ?? null,
        newEmail: null,
        phone: phone ?? null,
        password: password ?? null,
        data,
        appMetadata: { provider: phone ? 'phone' : 'email' },
        role: role ?? 'authenticated',
        confirmed,
        anonymous,
        banned: false,
        createdAt: now(),
        updatedAt: now(),
      }
      all.set(account.id, account)
      return account
    },
    find(reach) {
      const { email, phone } = normalReach(reach)
      return [...all.values()].find(
        (account) =>
          (email !== undefined && account.email === email) ||
          (phone !== undefined && account.phone === phone),
      )
    },
    send({ account, type, to, link }) {
      const tokenHash = randomText(random, 32)
      const code = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
      const message = { to, type, code, tokenHash, at: now(), link: link(tokenHash) }
      messages.push(message)
      open.set(message, account)
    },
    spend({ type, code, hash, ...reach }) {
      const { email, phone } = normalReach(reach)
      const accepted = ACCEPTED[type] ?? []
      const matches = (message: SentMessage): boolean =>
        accepted.includes(message.type) &&
        now() <= message.at + lifeOf(message.type) &&
        (hash === undefined
          ? message.to === (email ?? phone) && message.code === code
          : message.tokenHash === hash)
      const [, account] = [...open].find(([message]) => matches(message)) ?? []
      if (!account) return refuse(403, 'otp_expired', 'Token has expired or is invalid')
      for (const [message, owner] of open) if (owner === account) open.delete(message)
      if (type === 'email_change') {
        account.email = account.newEmail
        account.newEmail = null
      }
      account.confirmed = true
      return account
    },
  }
}
