import { uuid } from './encoding.js'
import { refuse } from './errors.js'
import type { AccountFactor, MfaOptions } from './mfa-types.js'
import type { Account } from './types.js'

/** How long a factor may wait for its first code, in ms: GoTrue's factor expiry. */
const UNVERIFIED_LIFE = 300_000

/** How many factors one person may have: GoTrue's default. */
const MOST = 10

/** Whether somebody has proved once that they hold a factor: a second step is then theirs to take. */
export const hasMfa = ({ factors }: Pick<Account, 'factors'>): boolean =>
  factors.some(({ status }) => status === 'verified')

/** Forgets factors. */
export function removeFactors(account: Account, isGone: (factor: AccountFactor) => boolean): void {
  const kept = account.factors.filter((factor) => !isGone(factor))
  account.factors.splice(0, account.factors.length, ...kept)
}

/** What a new factor begins with. */
export interface NewFactor {
  readonly type: AccountFactor['type']
  readonly friendlyName: string
  readonly phone?: string
  readonly secret?: string
}

/**
 * Checks that somebody may have one more factor.
 *
 * @throws GoTrueRefusal `mfa_factor_name_conflict` (no name is a name too),
 *   `too_many_enrolled_mfa_factors`, `insufficient_aal`
 */
export function checkEnrolment(
  account: Account,
  { friendlyName }: Pick<NewFactor, 'friendlyName'>,
  {
    now,
    aal,
    options,
  }: { readonly now: number; readonly aal: string; readonly options: MfaOptions },
): void {
  removeFactors(
    account,
    ({ status, createdAt }) => status === 'unverified' && createdAt + UNVERIFIED_LIFE < now,
  )
  if (account.factors.some((factor) => factor.friendlyName === friendlyName)) {
    const message = `A factor with the friendly name "${friendlyName}" for this user already exists`
    refuse(422, 'mfa_factor_name_conflict', message)
  }
  if (account.factors.length >= (options.maxFactors ?? MOST)) {
    const message = 'Maximum number of verified factors reached, unenroll to continue'
    refuse(422, 'too_many_enrolled_mfa_factors', message)
  }
  if (hasMfa(account) && aal !== 'aal2') {
    refuse(403, 'insufficient_aal', 'AAL2 required to enroll a new factor')
  }
}

/** Gives somebody a factor that waits for its first proof. */
export function addFactor(
  account: Account,
  { type, friendlyName, phone = '', secret = '' }: NewFactor,
  { random, now }: { random(): number; readonly now: number },
): AccountFactor {
  const factor: AccountFactor = {
    id: uuid(random),
    type,
    friendlyName,
    phone,
    secret,
    status: 'unverified',
    credential: null,
    lastChallenge: null,
    codes: [],
    lastChallengedAt: null,
    createdAt: now,
    updatedAt: now,
  }
  account.factors.push(factor)
  return factor
}

const stamp = (ms: number): string => new Date(ms).toISOString()

/** A factor as user objects list it. */
export const describeFactor = (factor: AccountFactor): Record<string, unknown> => ({
  id: factor.id,
  created_at: stamp(factor.createdAt),
  updated_at: stamp(factor.updatedAt),
  status: factor.status,
  ...(factor.friendlyName && { friendly_name: factor.friendlyName }),
  factor_type: factor.type,
  phone: factor.phone,
  last_challenged_at: factor.lastChallengedAt === null ? null : stamp(factor.lastChallengedAt),
  ...(factor.credential && { web_authn_aaguid: factor.credential.aaguid }),
  ...(factor.lastChallenge && { last_webauthn_challenge_data: factor.lastChallenge }),
})
