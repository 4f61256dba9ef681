import { describe, expect, it } from 'vitest'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { unsealText } from '../../../src/server/sealed/seal.js'
import { createOpaqueStage, LIFE, password } from './opaque-stage.js'
import { success } from './sealed-sessions-stage.js'
import { createStoreStage, large } from './store-stage.js'

const DAY = 24 * 3_600_000
describe('a session that is too large for its cookies, where there is a store', () => {
  it('is held there, with all that it knows, and its cookie is small', async () => {
    const { signIn, load, entries } = createStoreStage()
    const sealed = await signIn({ user: large })
    expect(sealed.length).toBeLessThan(500)
    expect(success(await load(sealed).getSession()).user).toEqual(large)
    const [[name = '', entry] = []] = entries
    // The store learns neither what is in it nor the name that the cookie has for it.
    expect(entry?.sealed).toMatch(/^Fe26\.2\*/)
    expect(await unsealText(sealed, password)).not.toContain(name)
  })

  it('goes on through refreshes; what old cookies hold goes soon', async () => {
    const { signIn, load, clock, living, tokens } = createStoreStage()
    let sealed = await signIn({ user: large })
    for (let round = 1; round < 5; round += 1) {
      clock.time += LIFE
      sealed = success(await load(sealed).refreshSession()).sealed
      expect(success(await load(sealed).getSession()).user).toEqual(large)
    }
    expect(tokens.spent).toBe(4)
    expect(living()).toHaveLength(2)
    clock.time += LIFE / 2
    expect(living()).toHaveLength(1)
  })

  it('answers requests that have the old cookie yet', async () => {
    const { signIn, load, clock } = createStoreStage()
    const old = await signIn({ user: large })
    clock.time += LIFE
    await load(old).refreshSession()
    clock.time += 5_000
    expect(success(await load(old).refreshSession()).session.accessToken).toBe('opaque-1')
  })

  it('is nowhere any more when somebody has signed out', async () => {
    const { signIn, load, sessions, living, revoked } = createStoreStage()
    const value = await signIn({ user: large })
    expect(await sessions.signOut({ value, password })).toMatchObject({
      error: null,
    })
    expect(living()).toEqual([])
    expect(revoked).toEqual(['opaque-0'])
    expect(await load(value).getSession()).toMatchObject({ reason: 'session_expired' })
  })

  it('is kept for no longer than it may last', async () => {
    const { signIn, living, clock } = createStoreStage()
    await signIn({ user: large }, { absolute: DAY })
    clock.time += DAY - 1
    expect(living()).toHaveLength(1)
    clock.time += 1
    expect(living()).toEqual([])
  })

  it('is kept no longer than a cookie may be, whatever the app writes for no limit', async () => {
    const { signIn, living, clock } = createStoreStage()
    await signIn({ user: large }, { absolute: Number.MAX_VALUE })
    clock.time += 400 * DAY
    expect(living()).toEqual([])
  })

  it('signs nobody out while the store does not answer', async () => {
    const { signIn, load, state } = createStoreStage()
    const value = await signIn({ user: large })
    state.down = ['put', 'get', 'expire']
    const unknown = { signedIn: false, retryable: true, reason: 'server_error' }
    expect(await load(value).getSession()).toEqual(unknown)
    expect(await load(value).refreshSession()).toEqual(unknown)
    state.down = []
    expect(await load(value).getSession()).toMatchObject({ signedIn: true })
  })

  it('is over for good when somebody signs out while the store does not answer, and the server hears of it later', async () => {
    const { signIn, load, sessions, state, revoked, clock } = createStoreStage()
    const value = await signIn({ user: large })
    const stolen = success(await load(value).refreshSession()).sealed
    state.down = ['put', 'get', 'expire']
    expect(await sessions.signOut({ value: stolen, password })).toMatchObject({
      error: { code: 'storage' },
    })
    state.down = []
    clock.time += DAY
    expect(await load(stolen).refreshSession()).toMatchObject({ reason: 'invalid_grant' })
    expect(await load(stolen).getSession()).toMatchObject({ signedIn: false })
    await expect.poll(() => revoked).toEqual(['opaque-1'])
  })

  it('is over for a thief of its cookie too, when a browser signs out while the store does not answer', async () => {
    const { signIn, sessions, state } = createStoreStage()
    const requests = createRequestSessions({ sessions, cookie: { password } })
    const header = `__Host-holdfast=${await signIn({ user: large })}`
    state.down = ['get']
    const { error, setCookies } = await requests.signOut(header)
    expect(error).toMatchObject({ code: 'storage', retryable: true })
    expect(setCookies).toEqual([expect.stringContaining('Max-Age=0')])
    state.down = []
    expect((await requests.getSession(header)).session).toBeNull()
  })

  it('is not begun where the store fails, and keeps its tokens where it fails at a refresh', async () => {
    const { signIn, load, tokens, state, reports } = createStoreStage()
    const session = load(await signIn())
    state.down = ['put', 'get', 'expire']
    await expect(signIn({ user: large })).rejects.toMatchObject({ code: 'storage' })
    tokens.answer = { user: large }
    const { sealed } = success(await session.refreshSession())
    expect(reports).toEqual([expect.objectContaining({ code: 'storage' })])
    expect(success(await load(sealed).getSession())).toMatchObject({
      accessToken: 'opaque-1',
      user: { id: 'ada', email: 'ada@example.test' },
    })
  })

  it('is in its cookie while it fits', async () => {
    const { signIn, entries } = createStoreStage()
    await signIn()
    expect(entries.size).toBe(0)
  })

  it('keeps its tokens also where it is larger than any seal', async () => {
    const { signIn, load, tokens, reports } = createStoreStage()
    const session = load(await signIn())
    const user = { id: 'ada', profile: 'x'.repeat(100_000) }
    tokens.answer = { user }
    const { sealed } = success(await session.refreshSession())
    expect(success(await load(sealed).getSession()).accessToken).toBe('opaque-1')
    expect(reports).toHaveLength(1)
  })

  it('is nobody’s where there is no such store any more', async () => {
    const { signIn } = createStoreStage()
    const sealed = await signIn({ user: large })
    expect(await createOpaqueStage().load(sealed).getSession()).toMatchObject({
      reason: 'session_expired',
    })
  })
})
