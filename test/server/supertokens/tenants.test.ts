import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import { primitiveClaim } from '../../../src/server/supertokens/claims/index.js'
import { openApp } from './claims-stage.js'
import { failureOf } from './web-stage.js'

const CORE = { core: { tenants: ['acme', 'umbrella'] } }
const COOKIE = { 'st-auth-mode': 'cookie' }

describe('a session of a tenant', () => {
  it('belongs to it, in the token and wherever it is asked', async () => {
    const { sessions, exchange, superTokens } = await openApp({}, CORE)
    const asked = exchange(COOKIE, 'POST')
    const session = await sessions.createNewSession(asked, 'ada', { tenantId: 'acme' })
    expect(session.getTenantId()).toBe('acme')
    expect(readAccessToken(session.getAccessToken())?.tenantId).toBe('acme')
    const found = await superTokens.getSessionInformation(session.getHandle())
    expect(found?.tenantId).toBe('acme')
  })

  it('is refreshed, changed and ended without a word of it', async () => {
    const { signIn, sessions, superTokens, core } = await openApp({}, CORE)
    const page = await signIn('cookie', {}, { tenantId: 'acme' })
    const session = await page.refresh()
    expect(session.getTenantId()).toBe('acme')
    await session.mergeIntoAccessTokenPayload({ plan: 'pro' })
    await sessions.mergeIntoAccessTokenPayload(page.handle, { plan: null })
    expect(await superTokens.revokeSession(page.handle)).toBe(true)
    expect(core.sessions()).toEqual([])
  })

  it('is not changed to what its cookie cannot hold, however long the name of the tenant is', async () => {
    const tenantId = 't'.repeat(64)
    const { signIn, core } = await openApp({}, { core: { tenants: [tenantId] } })
    const page = await signIn('cookie', {}, { tenantId })
    await page.refresh()
    const { session } = await page.ask()
    // The largest that is taken; one of one letter more is refused.
    let [taken, refused] = [0, 4_096]
    while (refused - taken > 1) {
      const half = Math.floor((taken + refused) / 2)
      const change = session.mergeIntoAccessTokenPayload({ text: 'x'.repeat(half) })
      const failed = await change.then(
        () => false,
        () => true,
      )
      if (failed) refused = half
      else taken = half
    }
    expect(core.sessions()[0]?.userDataInJWT).toEqual({ text: 'x'.repeat(taken) })
    expect((await page.refresh()).getJWTPayload()).toEqual({ text: 'x'.repeat(taken) })
  })

  it('is told to what fetches its claims', async () => {
    const tenants: string[] = []
    const plan = primitiveClaim({
      key: 'plan',
      fetchValue({ tenantId }) {
        tenants.push(tenantId)
        return 'pro'
      },
    })
    const { signIn } = await openApp({ claims: [plan] }, CORE)
    await signIn('cookie', {}, { tenantId: 'acme' })
    await signIn()
    expect(tenants).toEqual(['acme', 'public'])
  })

  it('is listed and ended with those of its tenant, or with all of its person', async () => {
    const { superTokens: by } = await openApp({}, CORE)
    const begin = async (tenantId?: string) =>
      (await by.createNewSession('ada', {}, {}, { tenantId })).session.handle
    const [acme, umbrella, open] = [await begin('acme'), await begin('umbrella'), await begin()]
    expect(await by.getAllSessionHandlesForUser('ada', { tenantId: 'acme' })).toEqual([acme])
    expect(await by.getAllSessionHandlesForUser('ada')).toEqual([acme, umbrella, open])
    expect(await by.revokeAllSessionsForUser('ada', { tenantId: 'umbrella' })).toEqual([umbrella])
    expect(await by.revokeAllSessionsForUser('ada')).toEqual([acme, open])
  })

  it.each<readonly [string, unknown, string, RegExp]>([
    ['that is not there', 'nobody', 'rejected', /[Tt]enant/],
    ['that is a path elsewhere', '../x', 'invalid_argument', /tenantId/],
    ['that is an app', 'appid-x', 'invalid_argument', /tenantId/],
    ['that is none', 7, 'invalid_argument', /tenantId/],
    ['that is empty', '', 'invalid_argument', /tenantId/],
  ])('cannot begin in one %s', async (_, tenantId, code, words) => {
    const { sessions, exchange, core } = await openApp({}, CORE)
    const asked = exchange(COOKIE, 'POST')
    const begun = sessions.createNewSession(asked, 'ada', { tenantId: Object(tenantId).valueOf() })
    await expect(begun).rejects.toThrow(words)
    expect(await failureOf(begun)).toEqual({ type: 'GENERAL_ERROR', code })
    expect([core.sessions(), asked.answer.getSetCookie()]).toEqual([[], []])
  })

  it('is not to be had of a core that knows no tenants, but for the one that all have', async () => {
    const old = { core: { versions: ['2.21'] } }
    const { signIn } = await openApp({}, old)
    expect(await failureOf(signIn('cookie', {}, { tenantId: 'acme' }))).toEqual({
      type: 'GENERAL_ERROR',
      code: 'rejected',
    })
    expect((await signIn('cookie', {}, { tenantId: 'public' })).first.getUserId()).toBe('ada')
  })
})

describe('several sessions', () => {
  it('end together, and those are told that there were', async () => {
    const { superTokens: by, core } = await openApp()
    const begin = async () => (await by.createNewSession('ada')).session.handle
    const [one, two, three] = [await begin(), await begin(), await begin()]
    expect(await by.revokeMultipleSessions([one, 'none', two])).toEqual([one, two])
    expect(core.sessions().map(({ handle }) => handle)).toEqual([three])
    const asked = core.requests.length
    expect(await by.revokeMultipleSessions([])).toEqual([])
    expect(core.requests).toHaveLength(asked)
  })

  it('that are to end are not brought back by a refresh under way', async () => {
    const { superTokens: by, core } = await openApp()
    const { session, refreshToken } = await by.createNewSession('ada')
    core.fail({ type: 'status', status: 500 }, { path: '/recipe/session/remove', times: 9 })
    expect(await failureOf(by.revokeMultipleSessions([session.handle]))).toMatchObject({
      type: 'GENERAL_ERROR',
    })
    expect(await failureOf(by.refreshSession(refreshToken.token))).toMatchObject({
      type: 'UNAUTHORISED',
    })
  })

  it.each<readonly [string, unknown]>([
    ['a text', 'h1'],
    ['nothing', undefined],
    ['a list with something else', ['h1', 7]],
    ['a list with nothing', ['']],
  ])('are a list of handles, and not %s', async (_, handles) => {
    const { superTokens: by, core } = await openApp()
    const call = Reflect.apply(by.revokeMultipleSessions, by, [handles])
    expect(await failureOf(Promise.resolve(call))).toEqual({
      type: 'GENERAL_ERROR',
      code: 'invalid_argument',
    })
    expect(core.requests).toEqual([])
  })
})
