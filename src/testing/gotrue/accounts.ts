import { randomText } from '../server/encoding.js'
import { refuse } from './errors.js'
import type { Account, SentMessage } from './types.js'
import {
  confirmAddress,
  createAccount,
  type NewAccount,
  takeNewEmail,
  takeNewPhone,
} from './users.js'

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

/** What a PKCE flow began with. `method` is `plain` or `s256` (RFC 7636 §4.2), in any case. */
export interface Challenge {
  readonly challenge: string
  readonly method: string
}

/** A message to be sent. `link` gets the token hash. */
export interface Letter {
  readonly account: Account
  readonly type: string
  readonly to: string
  /** The flow that its link goes on with; `null` for one that ends in tokens. */
  readonly flow: Challenge | null
  link(tokenHash: string): string
}

/** What somebody shows to prove that a message reached them. */
export interface Proof extends Reach {
  readonly type: string
  readonly code?: string
  readonly hash?: string
}

/** What a code or link was spent for. */
export interface Spent {
  readonly account: Account
  readonly type: string
  readonly flow: Challenge | null
  /** Whether the other of two addresses has still to be confirmed. */
  readonly half: boolean
}

/** The people of one server, and the messages it sent them. */
export interface Accounts {
  readonly all: Map<string, Account>
  readonly messages: SentMessage[]
  create(seed: NewAccount): Account
  find(reach: Reach): Account | undefined
  /** Sends a one-time code and link. */
  send(letter: Letter): void
  /** Forgets what was sent for a change of address, as the next change does. */
  withdrawEmailChange(account: Account): void
  /** Spends a code or hash, and all others of that person. @throws GoTrueRefusal `otp_expired` */
  spend(proof: Proof): Spent
  /** Spends the code of a reauthentication. Whether it was good: a wrong one spends nothing. */
  spendNonce(userId: string, code: string): boolean
}

/** The messages whose codes a type of verification accepts. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  email: ['signup', 'magiclink', 'recovery'],
  magiclink: ['magiclink', 'recovery'],
  recovery: ['recovery', 'magiclink'],
  signup: ['signup'],
  email_change: ['email_change'],
  sms: ['sms'],
  phone_change: ['phone_change'],
}

/** How long codes live, in ms: the hosted service's hour for mail, GoTrue's minute for texts. */
const lifeOf = (type: string): number =>
  type === 'sms' || type === 'phone_change' ? 60_000 : 3_600_000

/** Passwords shorter than this are weak. */
const SHORTEST = 6

/** @throws GoTrueRefusal `weak_password` */
export function checkPassword(password: string): void {
  if (password.length >= SHORTEST) return
  refuse(422, 'weak_password', `Password should be at least ${SHORTEST} characters.`, {
    weak_password: { reasons: ['length'] },
  })
}

/** Notes when a message went out, as the user object tells it. */
function noteSent(account: Account, type: string, at: number): void {
  if (type === 'signup' || type === 'sms') account.confirmationSentAt = at
  if (type === 'magiclink' || type === 'recovery') account.recoverySentAt = at
  if (type === 'email_change') account.emailChangeSentAt = at
  if (type === 'phone_change') account.phoneChangeSentAt = at
  if (type === 'reauthentication') account.reauthenticationSentAt = at
}

/** When a person was last sent a message of this kind, in ms since the epoch. */
function lastSent(account: Account, type: string): number | null {
  if (type === 'signup' || type === 'sms') return account.confirmationSentAt
  if (type === 'email_change') return account.emailChangeSentAt
  if (type === 'phone_change') return account.phoneChangeSentAt
  if (type === 'reauthentication') return account.reauthenticationSentAt
  return account.recoverySentAt
}

const isText = (account: Account, type: string): boolean =>
  /^(sms|phone_change)$/.test(type) || (type === 'reauthentication' && !account.email)

/**
 * Keeps messages of a kind to one person apart.
 *
 * @throws GoTrueRefusal `over_email_send_rate_limit`, or `over_sms_send_rate_limit` for what goes to a
 *   telephone, with the whole seconds that are left in its text
 */
export function checkFrequency(
  account: Account,
  type: string,
  { now, interval }: { readonly now: number; readonly interval: number },
): void {
  const left = (lastSent(account, type) ?? -Infinity) + interval - now
  if (left <= 0) return
  const seconds = Math.floor((left - 1) / 1000)
  const message = `For security purposes, you can only request this after ${seconds} seconds.`
  const what = isText(account, type) ? 'sms' : 'email'
  refuse(429, `over_${what}_send_rate_limit`, message)
}

type Open = Map<SentMessage, Letter>

/** The message that a proof is of, with its letter. */
function findOpen(open: Open, { type, code, hash, ...reach }: Proof, now: number) {
  const { email, phone } = normalReach(reach)
  const accepted = ACCEPTED[type] ?? []
  return [...open].find(
    ([message]) =>
      accepted.includes(message.type) &&
      now <= message.at + lifeOf(message.type) &&
      (hash === undefined
        ? message.to === (email ?? phone) && message.code === code
        : message.tokenHash === hash),
  )
}

/** Makes the people of one server. */
export function createAccounts(random: () => number, now: () => number): Accounts {
  const all = new Map<string, Account>()
  const messages: SentMessage[] = []
  const open: Open = new Map()
  const forget = (account: Account, isOver: (letter: Letter) => boolean): void => {
    for (const [message, letter] of open) {
      if (letter.account === account && isOver(letter)) open.delete(message)
    }
  }

  return {
    all,
    messages,
    create(seed) {
      const account = createAccount({ ...seed, ...normalReach(seed) }, random, now())
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
    send(letter) {
      const { account, type, to, flow, link } = letter
      const tokenHash = (flow ? 'pkce_' : '') + randomText(random, 32)
      const code = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
      const message = { to, type, code, tokenHash, at: now(), link: link(tokenHash) }
      messages.push(message)
      open.set(message, letter)
      noteSent(account, type, now())
    },
    withdrawEmailChange: (account) => forget(account, ({ type }) => type === 'email_change'),
    spend(proof) {
      const [message, letter] = findOpen(open, proof, now()) ?? []
      if (!message || !letter) {
        const link = 'Email link is invalid or has expired'
        return refuse(403, 'otp_expired', proof.hash ? link : 'Token has expired or is invalid')
      }
      const { account, type, flow } = letter
      open.delete(message)
      const others = [...open.values()].filter((other) => other.account === account)
      const half = type === 'email_change' && others.some((other) => other.type === type)
      if (half) return { account, type, flow, half }
      forget(account, () => true)
      if (type === 'email_change') takeNewEmail(account)
      if (type === 'phone_change') takeNewPhone(account)
      confirmAddress(account)
      return { account, type, flow, half }
    },
    spendNonce(userId, code) {
      const found = [...open].find(
        ([{ type, at, code: sent }, { account }]) =>
          type === 'reauthentication' &&
          account.id === userId &&
          sent === code &&
          now() <= at + lifeOf(type),
      )
      if (!found) return false
      const [message, { account }] = found
      open.delete(message)
      account.reauthenticationSentAt = null
      return true
    },
  }
}
