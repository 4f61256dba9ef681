import { describe, expect, it, vi } from 'vitest'
import { sso } from '../../src/providers/gotrue/sso.js'
import { answered } from '../support/any-answer.js'
import { ADA, createGoTrueWorld } from '../support/gotrue-tabs.js'
import { follow, gotrueWorld } from '../support/gotrue-world.js'
import { PATIENT } from '../support/patient.js'

const ID = '3c1d25b3-f679-420f-a9c5-82ab5eb4b8f0'
const CORP = { id: ID, domains: ['corp.example'], email: 'eve@corp.example' }

describe('single sign-on', () => {
  it.each([{ domain: 'corp.example' }, { providerId: ID }])(
    'by %j ends in a session, where the person comes back',
    async (target) => {
      const world = gotrueWorld({ sso: [CORP] })
      const { auth, tab, events } = world
      const redirectTo = 'http://localhost/app?tab=2'
      const url = await sso(auth).signInUrl(target, { redirectTo })
      tab.navigate(await follow(world, url))
      expect(tab.environment.page.href()).toMatch(/^http:\/\/localhost\/app\?tab=2&code=/)
      const result = await auth.actions.handleRedirect()
      expect(result).toMatchObject({
        session: { amr: [{ method: 'sso/saml' }] },
        user: { email: CORP.email, appMetadata: { provider: `sso:${ID}` } },
      })
      expect(tab.environment.page.href()).toBe(redirectTo)
      expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
    },
  )

  it('that somebody signs out of before its address is there leaves no secret', async () => {
    const world = createGoTrueWorld({ sso: [CORP] })
    const { auth } = world.open()
    await auth.signIn(ADA)
    const release = world.hold()
    const url = sso(auth).signInUrl({ domain: 'corp.example' })
    await vi.waitUntil(() => world.sent().includes('POST /sso'), PATIENT)
    await auth.signOut()
    release()
    expect(await url).toContain('http')
    expect(JSON.stringify([...world.browser.storage.entries])).not.toContain('secret')
  })

  it('that was refused leaves no secret', async () => {
    const { auth, browser } = gotrueWorld()
    await expect(sso(auth).signInUrl({ domain: 'x.example' })).rejects.toMatchObject({
      status: 404,
    })
    expect(JSON.stringify([...browser.storage.entries])).not.toContain('secret')
  })

  it('goes one way, once: an old address of the identity provider is worth nothing', async () => {
    const world = gotrueWorld({ sso: [CORP] })
    const url = await sso(world.auth).signInUrl({ domain: 'corp.example' })
    expect(await follow(world, url)).toContain('code=')
    expect((await world.server.fetch(url)).status).toBe(404)
  })

  it('is finished by nobody who did not begin it', async () => {
    const world = gotrueWorld({ sso: [CORP] })
    const other = gotrueWorld()
    const redirectTo = 'http://localhost/app'
    const url = await sso(world.auth).signInUrl({ domain: 'corp.example' }, { redirectTo })
    other.tab.navigate(await follow(world, url))
    await expect(other.auth.actions.handleRedirect()).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  it.each([
    [{ domain: 'nowhere.example' }, 'sso_provider_not_found'],
    [{ providerId: '00000000-0000-4000-8000-000000000000' }, 'sso_provider_not_found'],
  ])('for %j is refused in the server’s words', async (target, serverCode) => {
    const { auth } = gotrueWorld({ sso: [CORP] })
    const refusal = { code: 'rejected', serverCode, status: 404 }
    await expect(sso(auth).signInUrl(target)).rejects.toMatchObject(refusal)
  })

  it('is refused where the server has none', async () => {
    const { auth } = gotrueWorld()
    const refusal = { code: 'rejected', serverCode: 'saml_provider_disabled' }
    await expect(sso(auth).signInUrl({ domain: 'corp.example' })).rejects.toMatchObject(refusal)
  })

  it('tells the server where to come back to in the body, and carries a captcha', async () => {
    const { auth, sent } = answered([200, { url: 'https://idp.example/sso' }])
    const options = { redirectTo: 'https://app.example/in', captchaToken: 'human' }
    await sso(auth).signInUrl({ domain: 'corp.example' }, options)
    expect(sent[0]?.url.search).toBe('')
    expect(sent[0]?.body).toEqual({
      domain: 'corp.example',
      redirect_to: options.redirectTo,
      skip_http_redirect: true,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 's256',
      gotrue_meta_security: { captcha_token: 'human' },
    })
  })

  it.each([undefined, null, {}, { domain: '' }, { domain: 'a', providerId: 'b' }, { domain: 5 }])(
    'of %j is a mistake of the caller, and nothing is sent',
    async (target) => {
      const { auth, sent } = answered()
      const call = Reflect.apply(sso(auth).signInUrl, undefined, [target])
      await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
      expect(sent).toEqual([])
    },
  )

  it('never leads to a script', async () => {
    for (const url of ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'x', 7]) {
      const { auth } = answered([200, { url }])
      const call = sso(auth).signInUrl({ domain: 'corp.example' })
      await expect(call).rejects.toMatchObject({ code: 'bad_response' })
    }
  })

  it('takes a client of gotrue() and nothing else', () => {
    for (const wrong of [undefined, null, {}, { actions: {} }]) {
      expect(() => Reflect.apply(sso, undefined, [wrong])).toThrow('sso() takes an AuthClient')
    }
  })
})
