import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { isWeakPassword } from '../../src/providers/gotrue/index.js'
import { mfa } from '../../src/providers/gotrue/mfa.js'
import type { ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { ADA, follow, gotrueWorld } from '../support/gotrue-world.js'

const APP = 'http://localhost/app'
const WRONG = '?'

/** What a promise failed with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

/** Servers since v2.164.0 refuse by a code, those before in words and by the status alone. */
describe.each(['codes', 'oauth'] as const)('a server whose refusals are spelt as %s', (errors) => {
  const start = (options: ScriptedGoTrueOptions = {}) => gotrueWorld({ errors, ...options })

  /** Comes back from a provider by a redirect. */
  async function comeBack(world: ReturnType<typeof start>, url: string) {
    world.tab.navigate(await follow(world, url))
    return world.auth.actions.handleRedirect()
  }

  describe('a redirect', () => {
    it.each([0, 1, 2])('of three begun finds its verifier, whichever it is: %i', async (which) => {
      const world = start()
      const urls: string[] = []
      for (const provider of ['github', 'google', 'gitlab']) {
        urls.push(await world.auth.actions.authorizeUrl({ provider, redirectTo: APP }))
      }
      const result = await comeBack(world, urls[which] ?? '')
      const name = ['github', 'google', 'gitlab'][which]
      expect(result?.user?.email).toBe(`person@${name}.example`)
      expect(world.tab.environment.page.href()).toBe(APP)
    })

    it('that another browser began says so, and cleans the address', async () => {
      const world = start()
      const { auth, tab, browser, server } = world
      await auth.actions.authorizeUrl({ provider: 'github', redirectTo: APP })
      const there = gotrueWorld({ errors })
      const url = await there.auth.actions.authorizeUrl({ provider: 'google', redirectTo: APP })
      tab.navigate(await follow({ server }, url))
      await expect(auth.actions.handleRedirect()).rejects.toMatchObject({
        code: 'invalid_credentials',
        retryable: false,
      })
      expect(tab.environment.page.href()).toBe(APP)
      await browser.clock.settle()
      expect(await auth.getSession()).toBeNull()
    })

    it('with a code of another integration’s is left alone', async () => {
      const { auth, tab } = start()
      await auth.actions.authorizeUrl({ provider: 'github', redirectTo: APP })
      tab.navigate(`${APP}?code=4/0AbC`)
      expect(await auth.actions.handleRedirect()).toMatchObject({ ignored: 'code' })
      expect(tab.environment.page.href()).toBe(`${APP}?code=4/0AbC`)
    })

    it('of a mail link ends in a session, and in an error the second time', async () => {
      const world = start()
      const { auth, server, tab } = world
      await auth.actions.sendOtp({ email: ADA.email, redirectTo: APP })
      const link = server.messages.at(-1)?.link ?? ''
      expect((await comeBack(world, link))?.user?.email).toBe(ADA.email)
      await expect(comeBack(world, link)).rejects.toMatchObject({ code: 'rejected' })
      expect(tab.environment.page.href()).toBe(APP)
    })
  })

  describe('a sign-in', () => {
    it('with a wrong password is `invalid_credentials`', async () => {
      const { auth } = start()
      const attempt = auth.signIn({ ...ADA, password: WRONG })
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_credentials' })
    })

    it('with a wrong one-time code is so too, and the right one is taken after it', async () => {
      const { auth, server } = start()
      const { email } = ADA
      await auth.actions.sendOtp({ email })
      const attempt = auth.signIn({ email, code: WRONG })
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_credentials', retryable: false })
      const { code = '' } = server.messages.at(-1) ?? {}
      expect((await auth.signIn({ email, code })).user?.email).toBe(email)
    })

    it('by a link whose hash is spent is so too', async () => {
      const { auth, server } = start()
      await auth.actions.sendOtp({ email: ADA.email })
      const { tokenHash = '' } = server.messages.at(-1) ?? {}
      await auth.signIn({ tokenHash, type: 'email' })
      await expect(auth.signIn({ tokenHash, type: 'email' })).rejects.toMatchObject({
        code: 'invalid_credentials',
      })
    })

    it('up with a password that is too weak says why', async () => {
      const { auth } = start()
      const error = await failure(
        auth.actions.signUp({ email: 'eve@example.com', password: 'abc' }),
      )
      expect(isWeakPassword(error)).toBe(true)
      expect(error).toMatchObject({
        code: 'rejected',
        serverCode: 'weak_password',
        details: { reasons: ['length'] },
      })
    })

    it('by a mail that was asked for too soon says how long to wait', async () => {
      const { auth } = start({ mailInterval: 60_000 })
      await auth.actions.sendOtp({ email: ADA.email })
      await expect(auth.actions.sendOtp({ email: ADA.email })).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfter: 59_000,
      })
    })
  })

  describe('a session', () => {
    it('is refreshed, and ends when the server has ended it', async () => {
      const { auth, server, events } = start()
      const { session } = await auth.signIn(ADA)
      expect((await auth.refreshSession()).session.sessionId).toBe(session?.sessionId)
      server.endSession(session?.sessionId ?? '')
      await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
      expect(await auth.getSession()).toBeNull()
      expect(events.at(-1)).toBe('SIGNED_OUT')
    })

    it('stays through a refresh that is refused for now', async () => {
      const { auth, server } = start()
      const { session } = await auth.signIn(ADA)
      server.fail({ type: 'rate-limited' }, { grant: 'refresh_token' })
      await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'rate_limited' })
      server.lockSession(session?.sessionId ?? '')
      await expect(auth.refreshSession()).rejects.toMatchObject({ retryable: true })
      server.lockSession(session?.sessionId ?? '', false)
      expect((await auth.getSession())?.sessionId).toBe(session?.sessionId)
    })

    it('whose access token is refused is exchanged, and the call goes on', async () => {
      const { auth, server, events } = start()
      await auth.signIn(ADA)
      server.rotateKeys()
      expect((await auth.actions.getUser()).email).toBe(ADA.email)
      expect(events.at(-1)).toBe('TOKEN_REFRESHED')
    })

    it('of somebody who is banned ends by their next call', async () => {
      const { auth, server } = start()
      const { session } = await auth.signIn(ADA)
      server.ban(session?.user?.id ?? '')
      const error = await failure(auth.actions.getUser())
      expect(isAuthError(error, 'refresh_rejected')).toBe(true)
      expect(await auth.getSession()).toBeNull()
    })
  })

  describe('a second factor', () => {
    /** Ada, with a factor that waits for its code. */
    async function enrolled() {
      const world = start()
      await world.auth.signIn(ADA)
      const factors = mfa(world.auth)
      const { id: factorId } = await factors.enroll({ type: 'totp', friendlyName: 'app' })
      return { ...world, factors, factorId, code: await world.server.totpCode(factorId) }
    }

    it('whose code is wrong is `invalid_credentials`, keeps the session, and the right one raises it', async () => {
      const { auth, factors, factorId, code } = await enrolled()
      await expect(factors.challengeAndVerify({ factorId, code: '0' })).rejects.toMatchObject({
        code: 'invalid_credentials',
        retryable: false,
      })
      expect((await auth.getSession())?.aal).toBe('aal1')
      expect((await factors.challengeAndVerify({ factorId, code })).aal).toBe('aal2')
      expect((await auth.refreshSession()).session.aal).toBe('aal2')
    })

    it('is proved with a new token where the server refuses the old one', async () => {
      const { factors, factorId, code, server } = await enrolled()
      server.rotateKeys()
      expect((await factors.challengeAndVerify({ factorId, code })).aal).toBe('aal2')
    })
  })
})
