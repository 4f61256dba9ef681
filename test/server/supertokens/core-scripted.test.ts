import { describe, expect, it } from 'vitest'
import { createCore } from '../../../src/server/supertokens/core.js'
import type { SuperTokensOptions } from '../../../src/server/supertokens/types.js'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
} from '../../../src/testing/supertokens/index.js'
import { FIRST, failureOf, HOST, LEGACY, outcomeOf, START } from './stage.js'

function createStage(
  scripted: ScriptedSuperTokensCoreOptions,
  options: Partial<SuperTokensOptions> = {},
) {
  const clock = { time: START, now: () => clock.time }
  const server = createScriptedSuperTokensCore({ clock, ...scripted })
  const core = createCore({ hosts: HOST, fetch: server.fetch, now: clock.now, ...options })
  return { server, core, clock }
}

const SETTINGS = { enableAntiCsrf: false, useDynamicSigningKey: true }
const SESSION = {
  userId: 'u1',
  userDataInJWT: { role: 'a' },
  userDataInDatabase: { d: 1 },
  ...SETTINGS,
}
const QUESTION = { doAntiCsrfCheck: false, enableAntiCsrf: false, checkDatabase: false }

const CORES: readonly [name: string, scripted: ScriptedSuperTokensCoreOptions, spoken: string][] = [
  ['that knows 1.0 only', FIRST, '1.0'],
  ['of the first years', LEGACY, '2.3'],
  ['of today', {}, '5.4'],
  ['that speaks 2.21 only', { versions: ['2.21'] }, '2.21'],
  ['that speaks 3.1 only', { versions: ['3.1'] }, '3.1'],
  ['that speaks 4.0 only', { versions: ['4.0'] }, '4.0'],
]

describe.each(CORES)('a core %s', (_, scripted, spoken) => {
  it('goes through the life of a session', async () => {
    const { server, core } = createStage({ ...scripted, apiKey: 'key' }, { apiKey: 'key' })
    const today = await core.publishesKeys()
    const t0 = await core.createSession(SESSION)
    const { handle } = t0.session
    const t1 = await core.refresh({ refreshToken: t0.refreshToken.token, ...SETTINGS })
    expect(t1.session).toMatchObject({ handle, userId: 'u1', userDataInJWT: { role: 'a' } })
    expect(t1.accessToken.expiry).toBe(START + 3_600_000)
    expect(Boolean(t1.idRefreshToken)).toBe(!today)
    expect(t1.refreshToken.cookie?.path).toBe(today ? undefined : '/session/refresh')
    const verified = await core.verify({ accessToken: t1.accessToken.token, ...QUESTION })
    expect(verified.accessToken?.token).toBeTruthy()
    expect(
      await failureOf(core.refresh({ refreshToken: t0.refreshToken.token, ...SETTINGS })),
    ).toMatchObject({
      type: 'TOKEN_THEFT_DETECTED',
      sessionHandle: handle,
      userId: 'u1',
    })
    expect(await core.sessionData(handle)).toEqual({ d: 1 })
    await core.updateSessionData(handle, { d: 2 })
    expect(await core.sessionData(handle)).toEqual({ d: 2 })
    expect((await core.handshake())?.enableAntiCsrf).toBe(today ? undefined : false)
    if (today) {
      expect(await core.information(handle)).toMatchObject({ userId: 'u1', timeCreated: START })
      const response = await core.fetch(core.jwksUrl)
      expect((await response.json()).keys.length).toBeGreaterThan(0)
    }
    const other = await core.createSession(SESSION)
    const third = await core.createSession(SESSION)
    expect(await core.revoke([other.session.handle, 'none'])).toEqual([other.session.handle])
    expect([...(await core.handles('u1'))].sort()).toEqual([handle, third.session.handle].sort())
    expect([...(await core.revokeAll('u1'))].sort()).toEqual([handle, third.session.handle].sort())
    expect(await core.handles('u1')).toEqual([])
    expect(await outcomeOf(core.sessionData(handle))).toBe('UNAUTHORISED')
    expect(await outcomeOf(core.updateSessionData(handle, {}))).toBe('UNAUTHORISED')
    if (today) expect(await core.information(handle)).toBeUndefined()
    const again = core.refresh({ refreshToken: t1.refreshToken.token, ...SETTINGS })
    expect(await outcomeOf(again)).toBe('UNAUTHORISED')
    const versions = server.requests.filter(({ path }) => !/apiversion|jwks/.test(path))
    expect(new Set(versions.map(({ version }) => version))).toEqual(
      new Set([spoken === '1.0' ? null : spoken]),
    )
    expect(server.requests.map(({ status }) => status).filter((status) => status !== 200)).toEqual(
      scripted === FIRST ? [404] : [],
    )
  })

  it('refuses what is no token of its', async () => {
    const { core } = createStage(scripted)
    const old = !(await core.publishesKeys())
    const ask = (refreshToken: string) => outcomeOf(core.refresh({ refreshToken, ...SETTINGS }))
    expect(await ask('asd')).toBe('UNAUTHORISED')
    // Old cores fail at it, which says nothing about a session.
    expect(await ask('a.b.V2')).toBe(old ? 'GENERAL_ERROR' : 'UNAUTHORISED')
    expect(await outcomeOf(core.verify({ accessToken: 'x', ...QUESTION }))).toBe(
      'TRY_REFRESH_TOKEN',
    )
  })
})

describe('a tenant', () => {
  it('has sessions of its own, which are refreshed, listed and ended there', async () => {
    const { core } = createStage({ tenants: ['t1'] })
    const here = await core.createSession({ ...SESSION, tenantId: 't1' })
    const there = await core.createSession(SESSION)
    expect([here.session.tenantId, there.session.tenantId]).toEqual(['t1', 'public'])
    const next = await core.refresh({ refreshToken: here.refreshToken.token, ...SETTINGS })
    expect(next.session).toMatchObject({ handle: here.session.handle, tenantId: 't1' })
    expect(await core.information(here.session.handle)).toMatchObject({ tenantId: 't1' })
    const [mine, other] = [here.session.handle, there.session.handle]
    expect(await core.handles('u1', { tenantId: 't1' })).toEqual([mine])
    expect(await core.handles('u1', { tenantId: 'public' })).toEqual([other])
    expect(await core.handles('u1')).toEqual([mine, other])
    expect(await core.revokeAll('u1', { tenantId: 't1' })).toEqual([mine])
    expect(await core.revokeAll('u1')).toEqual([other])
  })

  it('that is not there is refused with the core’s words', async () => {
    const { core } = createStage({ tenants: ['t1'] })
    for (const call of [
      core.createSession({ ...SESSION, tenantId: 't2' }),
      core.handles('u1', { tenantId: 't2' }),
      core.revokeAll('u1', { tenantId: 't2' }),
    ]) {
      const error = await failureOf(call)
      expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected', status: 400 })
      expect(String(error)).toContain('AppId or tenantId not found')
    }
  })

  it('is nothing that a core before 3.0 has, which is said', async () => {
    for (const scripted of [FIRST, LEGACY, { versions: ['2.20'] }, { versions: ['2.21'] }]) {
      const { core } = createStage(scripted)
      const error = await failureOf(core.createSession({ ...SESSION, tenantId: 't1' }))
      expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected' })
      expect(String(error)).toContain('3.0')
    }
  })
})

describe('a core of today', () => {
  it('checks the anti-CSRF token of a refresh', async () => {
    const { core } = createStage({})
    const settings = { ...SETTINGS, enableAntiCsrf: true }
    const { refreshToken, antiCsrfToken } = await core.createSession({ ...SESSION, ...settings })
    const refresh = { refreshToken: refreshToken.token, ...settings }
    expect(antiCsrfToken).toBeTruthy()
    expect(await outcomeOf(core.refresh(refresh))).toBe('UNAUTHORISED')
    expect(await outcomeOf(core.refresh({ ...refresh, antiCsrfToken }))).toBe('OK')
  })

  it('signs by the key that is asked for', async () => {
    const { core } = createStage({})
    const kid = async (useDynamicSigningKey: boolean): Promise<string> => {
      const { accessToken } = await core.createSession({ ...SESSION, useDynamicSigningKey })
      const [header = ''] = accessToken.token.split('.')
      return JSON.parse(atob(header)).kid.slice(0, 2)
    }
    expect([await kid(true), await kid(false)]).toEqual(['d-', 's-'])
  })

  it('that was asked without its key is a GENERAL_ERROR that says so', async () => {
    for (const apiKey of [undefined, 'wrong-key']) {
      const { core } = createStage({ apiKey: 'key' }, { apiKey })
      const error = await failureOf(core.createSession(SESSION))
      expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected', status: 401 })
      expect(String(error)).not.toContain('wrong-key')
    }
  })

  it('refuses claims of its own with a reason', async () => {
    const { core } = createStage({})
    const error = await failureOf(core.createSession({ ...SESSION, userDataInJWT: { sub: 'x' } }))
    expect(error).toMatchObject({ code: 'rejected', status: 400 })
    expect(String(error)).toContain('The user payload contains protected field')
  })

  it('that takes the place of an old one is spoken to in its version', async () => {
    const old = createScriptedSuperTokensCore(LEGACY)
    const today = createScriptedSuperTokensCore()
    const state = { server: old }
    const fetch: typeof globalThis.fetch = (input, init) => state.server.fetch(input, init)
    const { core } = createStage({}, { fetch })
    expect((await core.createSession(SESSION)).idRefreshToken).toBeDefined()
    state.server = today
    expect((await core.createSession(SESSION)).idRefreshToken).toBeUndefined()
    state.server = old
    expect((await core.createSession(SESSION)).idRefreshToken).toBeDefined()
  })
})
