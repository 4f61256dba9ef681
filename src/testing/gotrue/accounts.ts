import { randomText, uuid } from './encoding.js'
import { refuse } from './errors.js'
import type { Account, SeedUser, SentMessage } from './types.js'

/** Where somebody can be reached. */
export type Reach = { readonly email: string } | { readonly phone: string }

/** The people of one server, and the messages it sent them. */
export interface Accounts {
  readonly all: Map<string, Account>
  readonly messages: SentMessage[]
  create(seed: SeedUser & { readonly confirmed?: boolean; readonly anonymous?: boolean }): Account
  find(reach: Partial<SeedUser>): Account | undefined
  /** Sends a one-time code and link. `link` gets the token hash. */
  send(account: Account, type: string, link: (tokenHash: string) => string): void
  /** Spends a code or hash. @throws GoTrueRefusal `otp_expired` */
  spend(proof: { readonly to?: string; readonly code?: string; readonly hash?: string }): Spent
}

/** What a one-time code was for. */
export interface Spent {
  readonly account: Account
  readonly type: string
}

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
  return {
    id: account.id,
    aud: 'authenticated',
    role: account.role,
    email: account.email ?? '',
    phone: account.phone ?? '',
    email_confirmed_at: account.confirmed && account.email ? at(account.createdAt) : null,
    phone_confirmed_at: account.confirmed && account.phone ? at(account.createdAt) : null,
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
    create({ email, phone, password, data = {}, role, confirmed = true, anonymous = false }) {
      const account: Account = {
        id: uuid(random),
        email: email ?? null,
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
    find: ({ email, phone }) =>
      [...all.values()].find(
        (account) =>
          (email !== undefined && account.email === email) ||
          (phone !== undefined && account.phone === phone),
      ),
    send(account, type, link) {
      const tokenHash = randomText(random, 32)
      const code = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
      const to = account.email ?? account.phone ?? ''
      const message = { to, type, code, tokenHash, link: link(tokenHash) }
      messages.push(message)
      open.set(message, account)
    },
    spend({ to, code, hash }) {
      for (const [message, account] of open) {
        const matches =
          hash === undefined
            ? message.to === to && message.code === code
            : message.tokenHash === hash
        if (!matches) continue
        open.delete(message)
        account.confirmed = true
        return { account, type: message.type }
      }
      return refuse(403, 'otp_expired', 'Token has expired or is invalid')
    },
  }
}
