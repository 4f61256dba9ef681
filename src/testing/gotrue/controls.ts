import type { ScriptedServer } from '../server/serve.js'
import type { ServerContext } from './context.js'
import { mfaControls } from './mfa-challenges.js'
import { ID_ISSUER, nameIn } from './provider-people.js'
import type { AccessTokenHook, Account, SeedUser, SentMessage } from './types.js'

/** Why sessions expire, in GoTrue's words: its limits of time, of idleness, of one per person, and of one factor only. */
const EXPIRED = {
  time: 'Session Expired',
  inactivity: 'Session Expired (Inactivity)',
  'newer-login': 'Session Expired (Revoked by Newer Login)',
  'low-aal': 'Session Expired (Low AAL: User Needs MFA Verification)',
}

/** A GoTrue that does what it is told: a real little server without a network. */
export interface ScriptedGoTrue extends ScriptedServer {
  readonly messages: readonly SentMessage[]
  /** How many requests were made to `/token` with this grant. */
  count(grant: string): number
  createUser(seed: SeedUser): Account
  sessions(): readonly { readonly id: string; readonly userId: string }[]
  /** Ends a session, as an administrator does. */
  endSession(sessionId: string): void
  /** Ends all sessions of a person. */
  endSessionsOf(userId: string): void
  /** Refreshes of this session say `session_expired` from now on, and why. @default 'time' */
  expireSession(sessionId: string, why?: keyof typeof EXPIRED): void
  /** Another request holds this session's row: refreshes say 409 `conflict`, at once here. */
  lockSession(sessionId: string, locked?: boolean): void
  ban(userId: string, banned?: boolean): void
  /** Deletes somebody with all their sessions. */
  deleteUser(userId: string): void
  /** The next token carries these. */
  updateClaims(userId: string, claims: Partial<Pick<Account, 'role' | 'appMetadata'>>): void
  /** Milliseconds, whole seconds. */
  setAccessTokenLifetime(ms: number): void
  /** A new key signs. The old ones stay in the key set; the old secret of `hs256` counts no more. */
  rotateKeys(): void
  /** Every token goes through this from now on; `null` for no hook. */
  setAccessTokenHook(hook: AccessTokenHook | null): void
  /** The next `/authorize` comes back with `access_denied`. */
  denyNextAuthorize(): void
  /** The code that the app of a factor shows now; the factor by its id, or by its secret. */
  totpCode(factor: string): Promise<string>
  /** This challenge of a factor counts no more. */
  expireChallenge(challengeId: string): void
  /** An id token that `signIn({ idToken })` accepts; `nonce` as the provider would hash it. */
  issueIdToken(claims: { readonly email: string; readonly nonce?: string }): Promise<string>
}

/** The controls that need nothing but the state. */
export type Controls = Omit<
  ScriptedGoTrue,
  keyof ScriptedServer | 'messages' | 'count' | 'createUser' | 'sessions'
>

/** What turns the server's state by hand. */
export function controls(context: ServerContext): Controls {
  const { accounts, sessions, settings, signer, now } = context
  function endSessionsOf(userId: string): void {
    for (const { id, userId: owner } of [...sessions.values()]) {
      if (owner === userId) sessions.delete(id)
    }
  }
  return {
    endSession: (id) => void sessions.delete(id),
    endSessionsOf,
    deleteUser(userId) {
      endSessionsOf(userId)
      accounts.all.delete(userId)
    },
    expireSession(id, why = 'time') {
      const session = sessions.get(id)
      if (session) session.expired = EXPIRED[why]
    },
    lockSession(id, locked = true) {
      const session = sessions.get(id)
      if (session) session.locked = locked
    },
    ban(userId, banned = true) {
      const account = accounts.all.get(userId)
      if (account) account.banned = banned
    },
    updateClaims(userId, claims) {
      const account = accounts.all.get(userId)
      if (account) Object.assign(account, claims)
    },
    setAccessTokenLifetime(ms) {
      settings.accessTokenLifetime = ms
    },
    rotateKeys: signer.rotate,
    setAccessTokenHook(hook) {
      settings.hook = hook
    },
    denyNextAuthorize() {
      settings.denyNext = true
    },
    ...mfaControls(context),
    async issueIdToken({ email, nonce }) {
      const iat = Math.floor(now() / 1000)
      const name = nameIn(email)
      const person = { sub: `id-${name}`, name, email, email_verified: true }
      const token = { iss: ID_ISSUER, aud: ['scripted'], iat, exp: iat + 3600 }
      return signer.sign({ ...token, ...person, ...(nonce && { nonce }) })
    },
  }
}
