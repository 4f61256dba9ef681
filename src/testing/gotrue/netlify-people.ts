import { randomText } from '../server/encoding.js'
import type { Accounts } from './accounts.js'
import type { Call, ServerContext } from './context.js'
import { refuse } from './errors.js'
import { perServer } from './per-server.js'
import type { Account } from './types.js'
import type { NewAccount } from './users.js'

/** People as Netlify's server makes them: nothing is noted of them but what they gave. */
export const netlifyAccounts = (accounts: Accounts): Accounts => ({
  ...accounts,
  create(seed: NewAccount) {
    const account = accounts.create(seed)
    const provider = seed.provider ?? 'email'
    const data = seed.person ? { full_name: seed.person.data.full_name } : (seed.data ?? {})
    return Object.assign(account, { data, appMetadata: { provider }, role: seed.role ?? '' })
  },
})

/** What a mail is sent for, by the name that its token has in the link (mailer/template.go). */
export type MailToken =
  | 'confirmation_token'
  | 'invite_token'
  | 'recovery_token'
  | 'email_change_token'

const TYPES = {
  confirmation_token: 'signup',
  invite_token: 'invite',
  recovery_token: 'recovery',
  email_change_token: 'email_change',
} as const

/** The tokens of mails that were not used, and whose each is; a person has one of each kind. */
const openTokens = perServer(() => new Map<string, { account: Account; kind: MailToken }>())

/** An invitation is confirmed as a sign-up is. */
const isSameKind = (one: MailToken, other: MailToken): boolean =>
  one.replace('invite', 'confirmation') === other.replace('invite', 'confirmation')

/** The page of the site that a request came from, or the site (`getReferrer` of api/helpers.go). */
export function pageOf({ options }: ServerContext, { request, url }: Call): URL {
  const site = new URL(options.siteUrl ?? url.origin)
  const referrer = request.headers.get('referer') ?? ''
  if (!URL.canParse(referrer)) return site
  const page = new URL(referrer)
  return page.hostname === site.hostname ? page : site
}

/** When a mail of a kind was last sent; invitations and changes of address have no limit. */
const sentAt = (account: Account, kind: MailToken): number | null => {
  if (kind === 'confirmation_token') return account.confirmationSentAt
  return kind === 'recovery_token' ? account.recoverySentAt : null
}

/** Mails a link, which leads to a page of the site with its token in the fragment (api/mail.go). */
export function mail(
  context: ServerContext,
  call: Call,
  {
    account,
    kind,
    to,
  }: { readonly account: Account; readonly kind: MailToken; readonly to: string },
): void {
  const now = context.now()
  const { mailInterval = 0 } = context.options
  if (mailInterval > 0 && now <= (sentAt(account, kind) ?? -Infinity) + mailInterval) {
    const said = kind === 'recovery_token' ? 'recovering user' : 'sending confirmation mail'
    refuse(500, '', `Error ${said}`, { error_id: 'scripted' })
  }
  const open = openTokens(context)
  for (const [token, other] of open) {
    if (other.account === account && isSameKind(other.kind, kind)) open.delete(token)
  }
  const token = randomText(context.random, 22)
  open.set(token, { account, kind })
  const link = pageOf(context, call)
  link.hash = `${kind}=${token}`
  const message = { to, type: TYPES[kind], code: '', tokenHash: token, at: now, link: link.href }
  context.accounts.messages.push(message)
  if (kind === 'confirmation_token') account.confirmationSentAt = now
  if (kind === 'recovery_token') account.recoverySentAt = now
  if (kind === 'email_change_token') account.emailChangeSentAt = now
}

/** Whose token of a mail this is, which then counts no more; of whom was invited it says so. */
export function spendMailToken(
  context: ServerContext,
  token: string,
  kind: MailToken,
): { readonly account: Account; spend(): void; readonly invited: boolean } | null {
  const open = openTokens(context)
  const found = open.get(token)
  if (!found || !isSameKind(found.kind, kind)) return null
  const { account } = found
  return {
    account,
    invited: found.kind === 'invite_token',
    spend: () => void open.delete(token),
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString()

/** A user as Netlify's server describes them (models/user.go): what never happened has no field. */
export function describeNetlifyUser(account: Account): Record<string, unknown> {
  const { confirmed, createdAt, data, newEmail } = account
  const stamps = {
    confirmed_at: confirmed ? createdAt : null,
    confirmation_sent_at: account.confirmationSentAt,
    recovery_sent_at: account.recoverySentAt,
    email_change_sent_at: account.emailChangeSentAt,
    last_sign_in_at: account.lastSignInAt,
  }
  const happened = Object.entries(stamps).filter(([, at]) => at !== null)
  return {
    id: account.id,
    aud: '',
    role: account.role,
    email: account.email ?? '',
    ...Object.fromEntries(happened.map(([name, at]) => [name, stamp(Number(at))])),
    ...(newEmail && { new_email: newEmail }),
    app_metadata: account.appMetadata,
    user_metadata: Object.keys(data).length > 0 ? data : null,
    created_at: stamp(createdAt),
    updated_at: stamp(account.updatedAt),
  }
}
