import { describe, expect, it } from 'vitest'
import { type AnyAuthError, AuthError, isAuthError, resourceTokens } from '../../src/index.js'
import { stepOf } from '../../src/providers/oidc/index.js'
import { secondFactor } from '../../src/providers/oidc/second-factor.js'
import { createDpopWorld } from '../support/dpop-world.js'
import { oidcPage, tokenBody } from '../support/oidc-wire.js'
import { createOidcWorld } from '../support/oidc-world.js'

const SECOND = 1_000
const MINUTE = 60_000
const API = 'https://api.example'

type Opened = ReturnType<ReturnType<typeof createOidcWorld>['open']>

const fails = (call: Promise<unknown>): Promise<AnyAuthError> =>
  call.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => (isAuthError(error) ? error : expect.fail(`${error}`)),
  )

/** Tabs of one person whose next refresh is asked for a second factor, at a server like Auth0. */
async function beforeStep(count = 1) {
  const world = createOidcWorld({ manners: 'auth0' })
  const options = { resourceTokens: resourceTokens() }
  const first = world.open(options)
  await world.signIn(first)
  const others = Array.from({ length: count - 1 }, () => world.open(options))
  const tabs = [first, ...others]
  for (const { auth } of tabs) await auth.getSession()
  const codes = world.server.requireSecondFactor()
  return { ...world, options, first, tabs, codes }
}

/** What the app of a tab does all the time: it asks for a token each ten seconds, and sometimes insists. */
async function keepAsking(
  { clock, tabs }: { clock: { advance(ms: number): Promise<void> }; tabs: readonly Opened[] },
  ms: number,
): Promise<void> {
  for (let past = 0; past < ms; past += 10 * SECOND) {
    for (const { auth } of tabs) {
      auth.getSession().catch(() => {})
      if (past % MINUTE === 0) auth.refreshSession().catch(() => {})
    }
    await clock.advance(10 * SECOND)
  }
}

/** The error of the tab that has met the step itself. */
const metIn = (tabs: readonly Opened[]): readonly [Opened, AuthError] => {
  for (const tab of tabs) {
    const { error } = tab.auth.getSnapshot()
    if (isAuthError(error, 'step_required') && error.details?.pendingAuthenticationToken) {
      return [tab, error]
    }
  }
  return expect.fail('No tab has met the step.')
}

describe('a second factor that a refresh is asked for', () => {
  it('leaves five minutes for the code: of three tabs that ask and insist, none sends the spent token', async () => {
    const world = await beforeStep(3)
    const { server, clock, tabs, codes } = world
    await clock.advance(MINUTE)
    expect(server.count('refresh_token')).toBe(1)
    await keepAsking(world, 5 * MINUTE)
    expect(server.count('refresh_token')).toBe(1)
    const [tab, error] = metIn(tabs)
    const { session } = await secondFactor(tab.auth, error).verify({ otp: codes.otp })
    await clock.settle()
    for (const { auth } of tabs) {
      expect((await auth.getSession())?.accessToken).toBe(session.accessToken)
      expect(auth.getSnapshot().error).toBeNull()
    }
    expect(server.count('refresh_token')).toBe(1)
    // The next tokens are as good as any.
    await clock.advance(10 * MINUTE)
    expect(server.liveSessions()).toBe(1)
    expect(server.count('refresh_token')).toBeGreaterThan(5)
    for (const { events } of tabs) expect(events.join()).not.toContain('SIGNED_OUT')
  })

  it('is one step for all tabs: the token goes on while it lives, then each says what is wanted', async () => {
    const world = await beforeStep(3)
    const { server, clock, tabs } = world
    await clock.advance(50 * SECOND)
    expect(server.count('refresh_token')).toBe(1)
    for (const { auth } of tabs)
      expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    await clock.advance(20 * SECOND)
    for (const { auth } of tabs) {
      const error = await fails(auth.getSession())
      expect(error).toMatchObject({
        code: 'step_required',
        retryable: false,
        retryAfter: undefined,
      })
      expect(stepOf(error)).toMatchObject({ step: 'mfa_required' })
      expect(await fails(auth.refreshSession())).toMatchObject({ code: 'step_required' })
    }
    expect(server.count('refresh_token')).toBe(1)
  })

  it('is not forgotten over a reload, nor over news of the person: then a sign-in is the way', async () => {
    const { server, clock, open, signIn, first } = await beforeStep()
    await fails(first.auth.refreshSession())
    first.tab.crash()
    const second = open({ loadUser: async () => ({ id: 'ada', name: 'Ada L.' }) })
    expect(await second.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    await second.auth.actions.reloadUser()
    second.tab.crash()
    const third = open()
    expect(await third.auth.getSession()).toMatchObject({ user: { name: 'Ada L.' } })
    await clock.advance(5 * MINUTE)
    const error = await fails(third.auth.getSession())
    expect(stepOf(error)).toMatchObject({ step: 'mfa_required' })
    expect(server.count('refresh_token')).toBe(1)
    // The step's own token was in no storage, so that only the page that met it can go on.
    expect(() => secondFactor(third.auth, error)).toThrow(/sign in again/)
    await signIn(third)
    await third.auth.refreshSession()
    expect(third.auth.getSnapshot()).toMatchObject({ status: 'signed-in', error: null })
  })

  it('takes another code after a wrong one, by app, by message and by recovery code', async () => {
    const { server, first, codes } = await beforeStep()
    const error = await fails(first.auth.refreshSession())
    const factor = secondFactor(first.auth, error)
    expect(await fails(factor.verify({ otp: '000000' }))).toMatchObject({
      code: 'invalid_credentials',
    })
    const list = await factor.factors()
    expect(list.map(({ type, channel }) => [type, channel])).toEqual([
      ['recovery-code', undefined],
      ['otp', undefined],
      ['oob', 'sms'],
    ])
    const { id: factorId = '' } = list[2] ?? {}
    const { oobCode, hasBindingCode } = await factor.challenge({ factorId })
    expect(hasBindingCode).toBe(true)
    expect(await fails(factor.verify({ oobCode }))).toMatchObject({
      code: 'rejected',
      serverCode: 'authorization_pending',
    })
    const { bindingCode, recoveryCode } = codes
    expect(await fails(factor.verify({ oobCode, bindingCode: '000000' }))).toMatchObject({
      code: 'invalid_credentials',
    })
    const proved = await factor.verify({ oobCode, bindingCode })
    expect(proved).toMatchObject({ session: { user: { id: 'ada' } }, recoveryCode: undefined })

    server.requireSecondFactor()
    const again = secondFactor(first.auth, await fails(first.auth.refreshSession()))
    const used = await again.verify({ recoveryCode })
    expect(used.recoveryCode).toEqual(expect.any(String))
    expect(JSON.stringify(used.session)).not.toContain(used.recoveryCode)
    expect(server.liveSessions()).toBe(1)
  })

  it('that has run out of its time leaves a sign-in as the way, and the session until then', async () => {
    const { server, clock, first, signIn, codes } = await beforeStep()
    const error = await fails(first.auth.refreshSession())
    await clock.advance(10 * MINUTE)
    const { otp } = codes
    expect(await fails(secondFactor(first.auth, error).verify({ otp }))).toMatchObject({
      code: 'rejected',
      serverCode: 'expired_token',
    })
    expect(server.count('refresh_token')).toBe(1)
    expect(first.events.join()).not.toContain('SIGNED_OUT')
    await signIn(first)
    expect((await first.auth.refreshSession()).user).toMatchObject({ id: 'ada' })
  })

  it('ends with a sign-out meanwhile, also one in another tab while the answer is on its way', async () => {
    const { server, clock, open, first, codes } = await beforeStep()
    const late = open({
      async fetch(...asked) {
        const answer = await server.fetch(...asked)
        await new Promise<void>((resolve) => clock.schedule(2 * SECOND, resolve))
        return answer
      },
    })
    const refused = fails(late.auth.refreshSession())
    await clock.advance(2 * SECOND)
    const factor = secondFactor(late.auth, await refused)
    const proof = fails(factor.verify({ otp: codes.otp }))
    await clock.advance(SECOND)
    expect(server.requests.at(-1)).toMatchObject({ status: 200 })
    await first.auth.signOut()
    await clock.advance(5 * SECOND)
    expect((await proof).code).toBe('session_missing')
    for (const { auth } of [first, late]) expect(await auth.getSession()).toBeNull()
    expect(server.liveSessions()).toBe(0)
    expect(await fails(factor.verify({ otp: codes.otp }))).toMatchObject({
      code: 'session_missing',
    })
  })

  it('never gives what one person proves to somebody who has signed in since', async () => {
    const { server, first, signIn, codes } = await beforeStep()
    const error = await fails(first.auth.refreshSession())
    server.signInAs({ sub: 'bob' })
    await signIn(first)
    const factor = secondFactor(first.auth, error)
    expect(await fails(factor.verify({ otp: codes.otp }))).toMatchObject({ code: 'superseded' })
    expect((await first.auth.getSession())?.user).toMatchObject({ id: 'bob' })
    expect(server.requests.filter(({ grant }) => grant?.includes('mfa-otp'))).toEqual([])
  })

  it('of a token for an API is finished for that token, and the session keeps its own', async () => {
    const world = await beforeStep(2)
    const { server, clock, tabs, codes } = world
    const [{ auth } = expect.fail(), other = expect.fail()] = tabs
    const own = await auth.getAccessToken()
    const error = await fails(auth.getAccessToken({ audience: API }))
    expect(error).toMatchObject({ code: 'step_required' })
    await keepAsking(world, 30 * SECOND)
    expect(await fails(other.auth.getAccessToken({ audience: API }))).toMatchObject({
      code: 'step_required',
    })
    expect(server.count('refresh_token')).toBe(1)
    expect(await auth.getAccessToken()).toBe(own)

    await secondFactor(auth, error).verify({ otp: codes.otp })
    await clock.settle()
    const issued = await auth.getAccessToken({ audience: API })
    expect(issued).not.toBe(own)
    expect(await auth.getAccessToken()).toBe(own)
    expect(await other.auth.getAccessToken({ audience: API })).toBe(issued)
    expect(server.count('refresh_token')).toBe(1)
    await clock.advance(5 * MINUTE)
    expect(await auth.getAccessToken()).toEqual(expect.any(String))
    expect(server.liveSessions()).toBe(1)
  })

  it('of tokens that are bound to a key is proved by that key, and its own token is no bound one', async () => {
    const { open, signIn, server, proofs } = createDpopWorld({ manners: 'auth0' })
    const opened = open()
    const { keyId } = await signIn(opened)
    const { otp } = server.requireSecondFactor()
    const factor = secondFactor(opened.auth, await fails(opened.auth.refreshSession()))
    await factor.factors()
    const before = proofs.length
    expect(proofs.map(({ url }) => url)).not.toContain('https://id.example/mfa/authenticators')
    expect(await fails(factor.verify({ otp: '000000' }))).toMatchObject({
      code: 'invalid_credentials',
    })
    expect(await factor.verify({ otp })).toMatchObject({ session: { keyId } })
    expect(proofs.length).toBe(before + 2)
    expect((await opened.ask()).status).toBe(200)
  })

  it('that brings another person’s tokens ends the session, whose own are spent', async () => {
    const { auth, signIn, replies, ends } = oidcPage({})
    await signIn()
    replies.push([403, { error: 'mfa_required', mfa_token: 'm-1' }])
    const error = await fails(auth.refreshSession())
    replies.push([200, tokenBody({ sub: 'eve' })])
    expect(await fails(secondFactor(auth, error).verify({ otp: '1' }))).toMatchObject({
      code: 'refresh_rejected',
    })
    expect(await auth.getSession()).toBeNull()
    expect(ends).toMatchObject([['subject-changed', { serverCode: 'subject_changed' }]])
  })

  it('refuses what is no such error, no proof, and no client of oidc()', async () => {
    const { first } = await beforeStep()
    const made = new AuthError('step_required', 'No.', {
      details: { step: 'mfa_required', pendingAuthenticationToken: 'm', spent: true },
    })
    for (const error of [made, new Error('No.'), null, undefined, 7]) {
      expect(() => secondFactor(first.auth, error)).toThrow(/sign in again/)
    }
    const factor = secondFactor(first.auth, await fails(first.auth.refreshSession()))
    for (const proof of [{}, { otp: '' }, { otp: 7 }, null]) {
      const given: unknown = proof
      const call = Reflect.apply(factor.verify, null, [given])
      expect(await fails(call)).toMatchObject({ code: 'invalid_argument' })
    }
    expect(() => Reflect.apply(secondFactor, null, [{}, made])).toThrow(/takes an AuthClient/)
  })
})
