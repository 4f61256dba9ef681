import { AuthError } from '../../../src/core/errors.js'
import type { Grant } from '../../../src/core/session.js'
import {
  createSealedSessions,
  type SealedSessionsOptions,
} from '../../../src/server/sealed/sealed-sessions.js'
import { PASSWORD, START } from './sealed-sessions-stage.js'

/** How long the access tokens live, in ms. */
export const LIFE = 300_000
export const MINUTE = 60_000
export const password = PASSWORD

/** An auth server whose access tokens nobody else can read, an app that keeps them in seals, and time. */
export function createOpaqueStage(options: Partial<SealedSessionsOptions> = {}) {
  const clock = { time: START, now: () => clock.time }
  const tokens = { spent: 0, answer: null as Partial<Grant> | Error | null }
  const revoked: string[] = []
  const grant = (more: Partial<Grant> = {}): Grant => ({
    accessToken: `opaque-${tokens.spent}`,
    refreshToken: `refresh-${tokens.spent}`,
    lifetime: LIFE,
    ...more,
  })
  const provider = {
    id: 'by-hand',
    async refresh(token: string): Promise<Grant> {
      const answer = tokens.answer
      if (answer instanceof Error) throw answer
      if (token !== `refresh-${tokens.spent}`) {
        throw new AuthError('refresh_rejected', 'It was spent.', { status: 400 })
      }
      tokens.spent += 1
      return grant(answer ?? {})
    },
    async signOut({ accessToken }: { readonly accessToken: string }) {
      revoked.push(accessToken)
    },
  }
  const sessions = createSealedSessions({
    provider,
    verification: 'seal',
    now: clock.now,
    ...options,
  })
  const signIn = (more: Partial<Grant> = {}, limits?: { absolute?: number; idle?: number }) =>
    sessions.sealSession(grant({ user: { id: 'ada', email: 'ada@example.test' }, ...more }), {
      password,
      limits,
    })
  return {
    clock,
    tokens,
    revoked,
    sessions,
    signIn,
    grant,
    load: (value: string | undefined, lastUse?: string | readonly string[] | null) =>
      sessions.openSession({ value, password, lastUse }),
  }
}
