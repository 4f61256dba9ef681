import { describe, expect, it } from 'vitest'
import type { RefreshContext } from '../../../src/core/provider.js'
import type { Grant, Session } from '../../../src/core/session.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { LIFE, password } from './opaque-stage.js'
import { opened, START, success } from './sealed-sessions-stage.js'

/** A provider that wants to see again what it gave, and an app. */
function createStage(maxSize?: number) {
  const told: { refresh: RefreshContext[]; signOut: Session[]; page: Session[] } = {
    refresh: [],
    signOut: [],
    page: [],
  }
  const next: { extras?: Grant['extras']; accessToken?: string } = {}
  const grant = (extras?: Grant['extras']): Grant => ({
    accessToken: `access-${told.refresh.length}`,
    refreshToken: `refresh-${told.refresh.length}`,
    lifetime: LIFE,
    ...(extras && { extras }),
  })
  const sessions = createSealedSessions({
    provider: {
      id: 'by-hand',
      sealedExtras: ['about', 'id_token'],
      async refresh(_, context) {
        told.refresh.push(context)
        return { ...grant(next.extras), ...(next.accessToken && { accessToken: next.accessToken }) }
      },
      signOut: async (session) => void told.signOut.push(session),
    },
    verification: 'seal',
    signOutUrl: ({ session, returnTo }) => {
      told.page.push(session)
      return returnTo ?? 'https://id.example/bye'
    },
    now: () => START,
    maxSize,
  })
  const seal = (extras: Grant['extras']) =>
    sessions.sealSession(
      { ...grant(extras), user: { id: 'ada', email: 'ada@example.test' } },
      { password },
    )
  return {
    sessions,
    told,
    next,
    seal,
    load: (value: string) => sessions.openSession({ value, password }),
  }
}

describe('what a provider wants to see again', () => {
  it('is in the seal by its names, and nothing else of what came with a grant is', async () => {
    const { seal, sessions } = createStage()
    const value = await seal({ about: { subject: 'ada' }, id_token: 'id-1', other: 'x' })
    expect(await opened(value)).toMatchObject({
      extras: { about: { subject: 'ada' }, id_token: 'id-1' },
    })
    expect(await opened(value)).not.toHaveProperty('extras.other')
    expect(await opened(await seal(undefined))).not.toHaveProperty('extras')
    expect(sessions).toBeDefined()
  })

  it('is told it at refreshes, at sign-outs and when a page is wanted', async () => {
    const { seal, load, told, sessions } = createStage()
    const extras = { about: { subject: 'ada' }, id_token: 'id-1' }
    const value = await seal(extras)
    const session = load(value)
    const known = { accessToken: 'access-0', refreshToken: 'refresh-0', extras }
    expect(await session.getSignOutUrl()).toBe('https://id.example/bye')
    await session.refreshSession()
    await sessions.signOut({ value, password })
    expect(told.page).toMatchObject([known])
    expect(told.refresh.map(({ session: one }) => one)).toMatchObject([known])
    expect(told.signOut).toMatchObject([{ ...known, user: { id: 'ada' } }])
  })

  it('stays as it was where a refresh says nothing of it, and is the newest where it does', async () => {
    const { seal, load, next } = createStage()
    const session = load(await seal({ about: { subject: 'ada' }, id_token: 'id-1' }))
    const first = success(await session.refreshSession()).session
    expect(first.extras).toEqual({ about: { subject: 'ada' }, id_token: 'id-1' })
    next.extras = { id_token: 'id-2' }
    const second = success(await session.refreshSession()).session
    expect(second.extras).toEqual({ about: { subject: 'ada' }, id_token: 'id-2' })
  })

  it('gives way where a session grows too large, but for what tells whose it is', async () => {
    const { seal, load, next } = createStage(3_000)
    const session = load(await seal({ about: { subject: 'ada' }, id_token: 'i'.repeat(500) }))
    next.accessToken = 'a'.repeat(1_500)
    const { sealed } = success(await session.refreshSession())
    expect(await opened(sealed)).toMatchObject({
      accessToken: next.accessToken,
      user: { id: 'ada' },
      extras: { about: { subject: 'ada' } },
    })
    expect(await opened(sealed)).not.toHaveProperty('extras.id_token')
  })
})
