import { AuthError, type Grant, type Provider, type SessionUser } from '../../src/index.js'

/** What the next request to the server meets. */
type Fault = { readonly error: AuthError } | { readonly answer: Grant | null }

/**
 * A server as strict as can be: every refresh token works exactly once, and any reuse is rejected.
 * It speaks the Provider port directly, so that core tests need no wire protocol.
 */
export function createAccountServer(options: { readonly lifetime?: number } = {}) {
  const live = new Map<string, string>()
  const sent: string[] = []
  const organizations: (string | undefined)[] = []
  const revoked: string[] = []
  const faults: Fault[] = []
  const gates: (() => void)[] = []
  let held = false
  let refusal: AuthError | null = null
  let serial = 0
  let lifetime = options.lifetime ?? 3_600_000
  let role = 'member'

  const issue = (id: string, organizationId?: string): Grant => {
    serial++
    live.set(`refresh-${serial}`, id)
    return {
      accessToken: `access-${serial}`,
      refreshToken: `refresh-${serial}`,
      lifetime,
      user: { id },
      role,
      organizationId,
    }
  }

  const provider: Provider<{ readonly name: string }, SessionUser> = {
    id: 'account-server',
    async refresh(token, { organizationId }) {
      sent.push(token)
      organizations.push(organizationId)
      const fault = faults.shift() ?? (refusal && { error: refusal })
      if (held) await new Promise<void>((go) => gates.push(go))
      if (fault && 'error' in fault) throw fault.error
      if (fault) return fault.answer
      const id = live.get(token)
      if (!id) throw new AuthError('refresh_rejected', 'Already used.', { status: 400 })
      live.delete(token)
      return issue(id, organizationId)
    },
    signIn: async ({ name }) => issue(name),
    async signOut(session, scope) {
      revoked.push(`${scope} ${session.accessToken}`)
    },
  }

  return {
    provider,
    /** Refresh tokens as they were presented. */
    sent,
    /** The organization that each of them was wanted for. */
    organizations,
    revoked,
    issue,
    /** The next request meets this. */
    fail: (...next: Fault[]): void => void faults.push(...next),
    outage: (times = 1): void => {
      for (let i = 0; i < times; i++) faults.push({ error: new AuthError('network', 'No answer.') })
    },
    /** Ends what is planned of failures. */
    recover: (): void => {
      faults.length = 0
    },
    /** Every refresh is answered with this error. */
    setRefusal: (error: AuthError): void => {
      refusal = error
    },
    /** Requests wait, before they are served, until `release`. */
    hold: (): void => {
      held = true
    },
    releaseOne: (): void => gates.shift()?.(),
    release: (): void => {
      held = false
      for (const go of gates.splice(0)) go()
    },
    setRole: (next: string): void => {
      role = next
    },
    setLifetime: (next: number): void => {
      lifetime = next
    },
    endAll: (): void => live.clear(),
  }
}
