import { describe, expect, it } from 'vitest'
import { createOpaqueStage, LIFE, password } from './opaque-stage.js'
import { success } from './sealed-sessions-stage.js'
import { createStoreStage, large } from './store-stage.js'

const eve = { ...large, id: 'eve', email: 'eve@example.test' }

describe('who can read or write the store of large sessions', () => {
  it('is nobody by what lies in it: as a cookie it is no session', async () => {
    const { signIn, load, entries } = createStoreStage()
    await signIn({ user: large })
    const [stolen] = [...entries.values()]
    expect(await load(stolen?.sealed).getSession()).toMatchObject({
      reason: 'invalid_session_cookie',
    })
    expect(await load(stolen?.sealed).refreshSession()).toMatchObject({
      reason: 'invalid_session_cookie',
    })
  })

  it('is no other person by putting what is theirs under the own name', async () => {
    const { signIn, load, entries } = createStoreStage()
    await signIn({ user: large })
    const [theirs] = [...entries.values()]
    const cookie = await signIn({ user: eve })
    const [, own = ''] = [...entries.keys()]
    if (theirs) entries.set(own, theirs)
    expect(await load(cookie).getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
  })

  it('makes nobody a session by a cookie’s own seal, put under its name', async () => {
    const { signIn, load, entries } = createStoreStage()
    const cookie = await signIn({ user: large })
    const small = await signIn()
    const [name = '', entry] = [...entries][0] ?? []
    for (const sealed of [cookie, small]) {
      entries.set(name, { sealed, until: entry?.until ?? 0 })
      expect(await load(cookie).getSession()).toMatchObject({ reason: 'invalid_session_cookie' })
    }
  })
})

describe('the store of large sessions', () => {
  it('holds once what many requests with one cookie have got for it, however often they come', async () => {
    const { signIn, load, clock, entries, tokens } = createStoreStage()
    const old = await signIn({ user: large })
    clock.time += LIFE
    const results = await Promise.all(Array.from({ length: 50 }, () => load(old).refreshSession()))
    for (let come = 0; come < 20; come += 1) {
      clock.time += 100
      results.push(await load(old).refreshSession())
    }
    expect(tokens.spent).toBe(1)
    expect(entries.size).toBe(2)
    for (const result of results) {
      const found = await load(success(result).sealed).getSession()
      expect(success(found)).toMatchObject({ accessToken: 'opaque-1', user: large })
    }
  })

  it('goes on holding a session of which a refresh has changed nothing', async () => {
    const { signIn, load, clock, tokens } = createStoreStage()
    tokens.answer = { accessToken: 'the-same', refreshToken: 'refresh-0' }
    let sealed = await signIn({ user: large })
    for (let round = 0; round < 3; round += 1) {
      clock.time += LIFE
      tokens.spent = 0
      sealed = success(await load(sealed).refreshSession()).sealed
    }
    clock.time += LIFE - 1
    expect(success(await load(sealed).getSession()).user).toEqual(large)
  })
})

describe('a store of the app’s own that fails in a way of its own', () => {
  const failures: readonly (readonly [string, () => unknown])[] = [
    ['an error of its database', () => new TypeError('terminated')],
    ['no error at all', () => undefined],
  ]

  it.each(failures)('costs no tokens at a refresh: %s', async (_, fail) => {
    const { signIn, load, clock, state, reports } = createStoreStage()
    const session = load(await signIn({ user: large }))
    clock.time += LIFE
    state.fail = fail
    state.down = ['put', 'expire']
    const { sealed } = success(await session.refreshSession())
    expect(success(await load(sealed).getSession()).accessToken).toBe('opaque-1')
    expect(reports).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'storage', retryable: true })]),
    )
  })

  it.each(failures)('says nothing of anybody: %s', async (_, fail) => {
    const { signIn, load, sessions, state } = createStoreStage()
    const value = await signIn({ user: large })
    state.fail = fail
    state.down = ['get']
    expect(await load(value).getSession()).toMatchObject({ retryable: true })
    expect(await sessions.signOut({ value, password })).toMatchObject({
      error: { code: 'storage' },
    })
  })

  it.each(failures)('refuses a sign-in with an AuthError: %s', async (_, fail) => {
    const { signIn, state } = createStoreStage()
    state.fail = fail
    state.down = ['put']
    await expect(signIn({ user: large })).rejects.toMatchObject({ code: 'storage' })
  })

  it('is given so much time as the auth server is, and no more', async () => {
    const never = () => new Promise<never>(() => {})
    const hung = { put: never, get: never, expire: never }
    const { signIn, load, tokens } = createOpaqueStage({ store: hung, requestTimeout: 20 })
    const session = load(await signIn())
    tokens.answer = { user: large }
    const { sealed } = success(await session.refreshSession())
    expect(success(await load(sealed).getSession()).accessToken).toBe('opaque-1')
  })

  it('may answer `undefined` for nothing', async () => {
    const { signIn } = createStoreStage()
    const cookie = await signIn({ user: large })
    const done = async () => {}
    const store = { put: done, get: async () => undefined, expire: done }
    const { load } = createOpaqueStage({ store })
    expect(await load(cookie).getSession()).toMatchObject({ reason: 'session_expired' })
  })
})
