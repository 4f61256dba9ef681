import { describe, expect, it } from 'vitest'
import type { SessionFacts } from '../../../src/providers/shared/claims.js'
import { isRecentlyAuthenticated } from '../../../src/server/requests/recent-auth.js'
import { provedAt } from '../../../src/server/sealed/session-facts.js'
import { jwt } from '../../support/wire.js'
import { createBackendWorld, MINUTE } from '../backend/backend-world.js'

const NOW = 1_700_000_000_000
const now = (): number => NOW
const isRecent = (session: SessionFacts | null, maxAge = MINUTE): boolean =>
  isRecentlyAuthenticated(session, { maxAge, now })

describe('whether somebody has just proved who they are', () => {
  it('is so for as long as the app says', () => {
    expect(isRecent({ authenticatedAt: NOW })).toBe(true)
    expect(isRecent({ authenticatedAt: NOW - MINUTE })).toBe(true)
    expect(isRecent({ authenticatedAt: NOW - MINUTE - 1 })).toBe(false)
    expect(isRecent({ authenticatedAt: NOW }, 0)).toBe(true)
  })

  it('is not so where nobody says it', () => {
    expect(isRecent(null)).toBe(false)
    expect(isRecent({})).toBe(false)
  })

  it('is not so of somebody whom another one impersonates', () => {
    const impersonator = { email: 'boss@example.com', reason: null }
    expect(isRecent({ authenticatedAt: NOW, impersonator })).toBe(false)
  })

  it('is so by a clock that is a little ahead, and not by a date that is far ahead', () => {
    expect(isRecent({ authenticatedAt: NOW + 30_000 })).toBe(true)
    expect(isRecent({ authenticatedAt: NOW + 24 * 60 * MINUTE })).toBe(false)
  })

  it.each([-1, Number.NaN])('is not asked with %s ms', (maxAge) => {
    expect(() => isRecent({ authenticatedAt: NOW }, maxAge)).toThrow(/`maxAge` must be/)
  })

  it('is known of sessions of WorkOS, and a refresh proves nothing', async () => {
    const world = createBackendWorld()
    const begun = Math.floor(world.now() / 1000) * 1000
    await world.signIn()
    await world.clock.advance(10 * MINUTE)
    const { session } = await world.sessions.refreshSession(world.jar.header())
    expect(session?.authenticatedAt).toBe(begun)
    const recent = (maxAge: number) => isRecentlyAuthenticated(session, { maxAge, now: world.now })
    expect([recent(9 * MINUTE), recent(11 * MINUTE)]).toEqual([false, true])
  })
})

describe('when somebody proved who they are', () => {
  const at = 1_700_000_000
  const passwords = [
    { method: 'password', timestamp: at - 600 },
    { method: 'totp', timestamp: at },
    { method: 'token_refresh', timestamp: at + 600 },
  ]

  it.each<[string, object, number | undefined]>([
    ['by `auth_time`', { auth_time: at, amr: passwords }, at * 1000],
    ['by the newest proof of GoTrue, but a refresh', { amr: passwords }, at * 1000],
    ['by no list of words', { amr: ['pwd', 'mfa'] }, undefined],
    ['by no refresh', { amr: [{ method: 'token_refresh', timestamp: at }] }, undefined],
    ['by no text', { auth_time: `${at}` }, undefined],
    ['by nothing', {}, undefined],
  ])('is told %s', (_, claims, wanted) => {
    expect(provedAt({}, { ...claims })).toBe(wanted)
  })

  it('is told by the id token where the access token does not', () => {
    const id_token = jwt({ sub: 'ada', auth_time: at })
    expect(provedAt({ extras: { id_token } }, {})).toBe(at * 1000)
    expect(provedAt({ extras: { id_token } }, { auth_time: at + 1 })).toBe((at + 1) * 1000)
    expect(provedAt({ extras: { id_token: 7 } }, {})).toBeUndefined()
  })
})
