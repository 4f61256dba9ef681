import { SignJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { createBackChannelLogout } from '../../../src/server/endings/back-channel-logout.js'
import { PATIENT } from '../../support/patient.js'
import {
  createGate,
  createStage,
  PASSWORD,
  signed,
  success,
} from '../sealed/sealed-sessions-stage.js'
import { BACK_CHANNEL, createEndingsWorld, createSigner, EVENT, FORM } from './endings-stage.js'

const MINUTE = 60_000

describe('a logout token', () => {
  it('ends the session of its `sid`, in all of its sign-ins, and no other', async () => {
    const { seal, logout, logoutToken, isAlive } = await createEndingsWorld()
    const [one, same, other] = [await seal('sid-1'), await seal('sid-1'), await seal('sid-2')]
    const answer = await logout(logoutToken({ sub: 'ada', sid: 'sid-1' }))
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(answer.headers.get('Cache-Control')).toContain('no-store')
    expect([await isAlive(one), await isAlive(same), await isAlive(other)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('without one ends all of the person, and none that begins afterwards', async () => {
    const { seal, logout, logoutToken, isAlive } = await createEndingsWorld()
    const [one, other] = [await seal('sid-1'), await seal('sid-2')]
    expect((await logout(logoutToken({ sub: 'ada' }))).status).toBe(200)
    expect([await isAlive(one), await isAlive(other)]).toEqual([false, false])
    expect(await isAlive(await seal('sid-3'))).toBe(true)
  })

  it('is no reason to tell the server anything, which may have one session for later sign-ins as well', async () => {
    const { seal, logout, logoutToken, isAlive, server } = await createEndingsWorld()
    const value = await seal('sid-1')
    await logout(logoutToken({ sub: 'ada' }))
    const before = server.requests.length
    for (let i = 0; i < 3; i++) expect(await isAlive(value)).toBe(false)
    // It would be told behind the caller.
    const next = await seal('sid-2')
    expect(await isAlive(next)).toBe(true)
    const told = server.requests.slice(before).map(({ path }) => path)
    expect(told).toContain('/token')
    expect(told.filter((path) => path.includes('revocation'))).toEqual([])
  })

  it('that does not say when it ends counts for two minutes, and one more for clocks that differ', async () => {
    const { logout, logoutToken, now } = await createEndingsWorld()
    const issued = (ago: number) => ({ iat: Math.floor(now() / 1000) - ago, exp: undefined })
    const late = logoutToken({ sid: 'sid-1', ...issued(185) })
    expect((await logout(late)).status).toBe(400)
    expect((await logout(logoutToken({ sid: 'sid-1', ...issued(170) }))).status).toBe(200)
  })

  it('means the person whom the app calls by an id of its own', async () => {
    const world = await createEndingsWorld({
      oidc: { loadUser: async () => ({ id: 'user-7', name: 'Ada' }) },
    })
    const value = await world.seal('sid-1')
    const found = await world.load(value).getSession()
    expect(found).toMatchObject({ signedIn: true, user: { id: 'user-7' } })
    await world.logout(world.logoutToken({ sub: 'user-7-of-somebody-else' }))
    expect(await world.isAlive(value)).toBe(true)
    await world.logout(world.logoutToken({ sub: 'ada' }))
    expect(await world.isAlive(value)).toBe(false)
  })

  it('is taken as `JWT`, without a type, and without an end, as servers send it too', async () => {
    for (const header of [{ typ: 'JWT' }, { typ: undefined }, { typ: 'application/logout+jwt' }]) {
      const { logout, logoutToken } = await createEndingsWorld()
      expect((await logout(logoutToken({ sid: 'sid-1' }, header))).status).toBe(200)
    }
    const { logout, logoutToken } = await createEndingsWorld()
    expect((await logout(logoutToken({ sid: 'sid-1', exp: undefined }))).status).toBe(200)
  })

  it('for a session that nobody has is fine', async () => {
    const { logout, logoutToken } = await createEndingsWorld()
    expect((await logout(logoutToken({ sid: 'unheard-of' }))).status).toBe(200)
  })

  it('counts once: a session that begins after it is not ended by the same one again', async () => {
    const { seal, logout, logoutToken, isAlive } = await createEndingsWorld()
    const token = await logoutToken({ sub: 'ada' })
    expect((await logout(token)).status).toBe(200)
    const next = await seal('sid-2')
    expect((await logout(token)).status).toBe(400)
    expect(await isAlive(next)).toBe(true)
  })

  it('counts once also after more refreshes than there is room for', async () => {
    const coordinator = memoryCoordinator({ limit: 5 })
    const { logout, logoutToken } = await createEndingsWorld({ sessions: { coordinator } })
    const token = await logoutToken({ sub: 'ada' })
    expect((await logout(token)).status).toBe(200)
    for (let index = 0; index < 50; index += 1) {
      await coordinator.once(`refresh ${index}`, async () => 'tokens')
    }
    expect((await logout(token)).status).toBe(400)
  })

  it('reaches no session of another server that shares the coordinator, whatever it calls its own', async () => {
    const coordinator = memoryCoordinator()
    const { logout, logoutToken } = await createEndingsWorld({ sessions: { coordinator } })
    const other = createStage(signed)
    const there = other.start(coordinator)
    const value = await there.sealSession(await other.signIn(), { password: PASSWORD })
    const look = () => there.openSession({ value, password: PASSWORD }).getSession()
    const { sessionId = '', user } = success(await look())
    const { id } = other.workos
    const sids = [
      sessionId,
      `replaced:${sessionId}`,
      `bound:${sessionId}`,
      JSON.stringify(['person', id, user.id]),
      JSON.stringify(['session', id, sessionId]),
    ]
    for (const sid of sids) expect((await logout(logoutToken({ sid }))).status).toBe(200)
    expect(await look()).toMatchObject({ signedIn: true })
    expect(await there.devices.boundAt(sessionId)).toBeNull()
  })

  it('counts once also when it comes twice together, and is used up by no failure', async () => {
    const inner = memoryCoordinator()
    const state = { fails: true }
    const coordinator: Coordinator = {
      ...inner,
      async end(...args) {
        if (state.fails) throw new Error('The store does not answer.')
        await inner.end(...args)
      },
    }
    const { seal, logout, logoutToken, isAlive, reports } = await createEndingsWorld({
      sessions: { coordinator },
    })
    const value = await seal('sid-1')
    const token = await logoutToken({ sid: 'sid-1' })
    expect((await logout(token)).status).toBe(400)
    await expect.poll(() => reports.length).toBe(1)
    state.fails = false
    const answers = await Promise.all([logout(token), logout(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(await isAlive(value)).toBe(false)
  })

  it('of Entra for all tenants has to name a tenant of it', async () => {
    const { oidc, signer } = await createEndingsWorld()
    const entra = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`
    const signIn = { ...oidc, issuer: entra('{tenantid}'), keys: signer.keys }
    const world = await createEndingsWorld({ backend: { signIn } })
    const value = await world.seal('sid-1')
    const token = (iss: string): Promise<string> =>
      signer.sign(
        {
          ...{ iss, aud: 'web', sid: 'sid-1', jti: crypto.randomUUID() },
          ...{ iat: world.seconds(), exp: world.seconds() + 120, events: { [EVENT]: {} } },
        },
        { typ: 'logout+jwt' },
      )
    const tenant = '11111111-2222-3333-4444-555555555555'
    for (const iss of [
      entra('{tenantid}'),
      entra('common'),
      `https://evil.example/${tenant}/v2.0`,
    ]) {
      expect((await world.logout(token(iss))).status).toBe(400)
    }
    expect(await world.isAlive(value)).toBe(true)
    expect((await world.logout(token(entra(tenant)))).status).toBe(200)
    expect(await world.isAlive(value)).toBe(false)
  })

  it.each<[string, object, object?]>([
    ['another issuer’s', { iss: 'https://evil.example' }],
    ['for another app', { aud: 'another' }],
    ['over', { iat: 1, exp: 121 }],
    ['from the future', { iat: 4_000_000_000, exp: 4_000_000_120 }],
    ['one that lives for a day', { exp: 4_000_000_000 }],
    ['without an id', { jti: undefined }],
    ['one whose id is empty', { jti: '' }],
    ['without a time', { iat: undefined }],
    ['an id token', { events: undefined, nonce: 'n' }],
    ['one with a nonce', { nonce: 'n' }],
    ['one with a nonce that is nothing', { nonce: null }],
    ['without events', { events: undefined }],
    ['of another event', { events: { 'https://example.com/event': {} } }],
    ['one whose events are a list', { events: [EVENT] }],
    ['one whose event is a text', { events: { [EVENT]: 'yes' } }],
    ['one that names nobody', { sid: undefined }],
    ['one whose `sid` is a number', { sid: 7, sub: 'ada' }],
    ['one whose `sid` is empty', { sid: '', sub: 'ada' }],
    ['an access token', {}, { typ: 'at+jwt' }],
    ['of a type that is none', {}, { typ: 7 }],
    ['of a key that nobody has', {}, { kid: 'another', typ: 'logout+jwt' }],
  ])('is refused that is %s', async (_, claims, header = { typ: 'logout+jwt' }) => {
    const { seal, logout, logoutToken, isAlive, reports } = await createEndingsWorld()
    const value = await seal('sid-1')
    const answer = await logout(logoutToken({ sid: 'sid-1', ...claims }, header))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
    expect(answer.headers.get('Cache-Control')).toContain('no-store')
    expect(await isAlive(value)).toBe(true)
    expect(reports).toEqual([])
  })

  it('is refused that nobody has signed, or somebody else, or the public key taken for a secret', async () => {
    const { seal, logout, logoutToken, isAlive, signer } = await createEndingsWorld()
    const value = await seal('sid-1')
    const genuine = await logoutToken({ sid: 'sid-1' })
    const [, payload = '', signature = ''] = genuine.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const head = (header: object): string =>
      Buffer.from(JSON.stringify({ kid: 'key-1', typ: 'logout+jwt', ...header })).toString(
        'base64url',
      )
    const publicKey = new TextEncoder().encode(JSON.stringify(signer.jwk))
    const forged = [
      `${head({ alg: 'none' })}.${payload}.`,
      `${head({ alg: 'none' })}.${payload}.${signature}`,
      `${head({ alg: 'NONE' })}.${payload}.`,
      `${head({ alg: ['ES256'] })}.${payload}.${signature}`,
      `${head({ alg: { toString: null } })}.${payload}.${signature}`,
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'key-1', typ: 'logout+jwt' })
        .sign(publicKey),
      await (await createSigner('key-1')).sign(claims, { typ: 'logout+jwt' }),
      `${genuine.slice(0, -4)}AAAA`,
      payload,
      'garbage',
      'a.b.c',
    ]
    for (const token of forged) expect((await logout(token)).status, token).toBe(400)
    expect(await isAlive(value)).toBe(true)
    expect(signer.state.lookups).toBe(1)
  })

  it('costs no look at the keys where it is plainly none of the server’s', async () => {
    const { logout, logoutToken, signer } = await createEndingsWorld()
    await logout(logoutToken({ sid: 'sid-1', iss: 'https://evil.example' }))
    await logout(logoutToken({ sid: 'sid-1' }, { typ: 'at+jwt' }))
    await logout('garbage')
    expect(signer.state.lookups).toBe(0)
  })

  it('is a failure, and reported, while the keys of the server cannot be had', async () => {
    const { logout, logoutToken, signer, reports, seal, isAlive, clock } =
      await createEndingsWorld()
    const value = await seal('sid-1')
    const token = await logoutToken({ sid: 'sid-1' })
    signer.state.isDown = true
    expect((await logout(token)).status).toBe(400)
    await expect.poll(() => reports).toMatchObject([{ code: 'network' }])
    signer.state.isDown = false
    await clock.advance(MINUTE)
    expect((await logout(token)).status).toBe(200)
    expect(await isAlive(value)).toBe(false)
  })
})

describe('the route of logout tokens', () => {
  it('takes a POST of one form with one token, and nothing else', async () => {
    const { post, logoutToken, backend, signer, sealed, oidc } = await createEndingsWorld()
    const token = await logoutToken({ sid: 'sid-1' })
    const form = (body: BodyInit, type = FORM) =>
      post(BACK_CHANNEL, { headers: { 'Content-Type': type }, body })
    const json = JSON.stringify({ logout_token: token })
    expect((await form(json, 'application/json')).status).toBe(400)
    expect((await form(`logout_token=${token}`, 'text/plain')).status).toBe(400)
    expect((await form(`logout_token=${token}&logout_token=${token}`)).status).toBe(400)
    expect((await form('')).status).toBe(400)
    expect((await form('%')).status).toBe(400)
    const get = await backend.handle(new Request(`${BACK_CHANNEL}?logout_token=${token}`))
    expect(get?.status).toBe(405)
    const answer = createBackChannelLogout({ sessions: sealed, server: oidc })
    const init = { method: 'PUT', headers: { 'Content-Type': FORM }, body: `logout_token=${token}` }
    const put = await answer(new Request(BACK_CHANNEL, init))
    expect([put.status, put.headers.get('Allow')]).toEqual([405, 'POST'])
    expect(signer.state.lookups).toBe(0)
    expect((await form(`logout_token=${token}`, `${FORM}; charset=UTF-8`)).status).toBe(200)
  })

  it.each([
    ['tells the app of a body that its own parser has taken', 'invalid_argument', 1],
    ['tells nobody of a body that breaks off', 'aborted', 0],
  ] as const)('%s', async (_, code, told) => {
    const { sealed, oidc } = await createEndingsWorld()
    const report = vi.fn()
    const answer = createBackChannelLogout({ sessions: sealed, server: oidc, report })
    const body = new ReadableStream({
      pull: (controller) => controller.error(new AuthError(code, 'The body is not here.')),
    })
    const init = { method: 'POST', headers: { 'Content-Type': FORM }, body, duplex: 'half' }
    expect((await answer(new Request(BACK_CHANNEL, init))).status).toBe(400)
    expect(report).toHaveBeenCalledTimes(told)
  })

  it('reads no more of megabytes than it must', async () => {
    const { post } = await createEndingsWorld()
    let pulled = 0
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(8_192).fill(65))
      },
    })
    const init: RequestInit & { readonly duplex: 'half' } = {
      headers: { 'Content-Type': FORM },
      body,
      duplex: 'half',
    }
    expect((await post(BACK_CHANNEL, init)).status).toBe(413)
    expect(pulled).toBeLessThan(10)
  })

  it('lets a crowd wait outside', async () => {
    const gate = createGate()
    const { logoutToken, signer, oidc, sealed, now } = await createEndingsWorld()
    const answerLogout = createBackChannelLogout({
      sessions: {
        async endSessions(...args) {
          await gate.passed
          return sealed.endSessions(...args)
        },
      },
      server: { issuer: oidc.issuer, clientId: 'web', keys: signer.keys },
      now,
    })
    const send = async (): Promise<Response> =>
      answerLogout(
        new Request(BACK_CHANNEL, {
          method: 'POST',
          headers: { 'Content-Type': FORM },
          body: `logout_token=${await logoutToken({ sid: 'sid-1' })}`,
        }),
      )
    const refused: Response[] = []
    const all = Array.from({ length: 120 }, async () => {
      const response = await send()
      if (response.status === 503) refused.push(response)
      return response
    })
    await vi.waitUntil(() => refused.length === 20, PATIENT)
    expect(refused[0]?.headers.get('Retry-After')).toBe('1')
    gate.open()
    const statuses = (await Promise.all(all)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(100)
    expect(statuses.filter((status) => status === 503)).toHaveLength(20)
    expect((await send()).status).not.toBe(503)
  })

  it('is not kept from a server by those whose bodies never end', async () => {
    const { post, logout, logoutToken, seal, isAlive } = await createEndingsWorld()
    const value = await seal('sid-1')
    const ends: (() => void)[] = []
    const slow = Array.from({ length: 120 }, () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('logout_token='))
          ends.push(() => controller.error(new Error('The sender is gone.')))
        },
      })
      const init: RequestInit & { readonly duplex: 'half' } = {
        headers: { 'Content-Type': FORM },
        body,
        duplex: 'half',
      }
      return post(BACK_CHANNEL, init)
    })
    expect((await logout(logoutToken({ sid: 'sid-1' }))).status).toBe(200)
    expect(await isAlive(value)).toBe(false)
    for (const end of ends) end()
    expect((await Promise.all(slow)).every(({ status }) => status === 400)).toBe(true)
  })

  it('is not there where the auth server sends none', async () => {
    const { oidc } = await createEndingsWorld()
    const { keys: _, ...signIn } = oidc
    const { backend } = await createEndingsWorld({ backend: { signIn } })
    expect(backend.owns('/auth/back-channel-logout')).toBe(false)
  })

  it('cannot be made of what ends nothing, or says nothing of its server', async () => {
    const { sealed, oidc } = await createEndingsWorld()
    for (const options of [
      undefined,
      {},
      { sessions: sealed },
      { sessions: {}, server: oidc },
      { sessions: sealed, server: {} },
      { sessions: sealed, server: { issuer: 'https://id.example', keys: oidc.keys } },
      { sessions: sealed, server: { clientId: 'web', keys: oidc.keys } },
      { sessions: sealed, server: { issuer: 'https://id.example', clientId: 'web' } },
    ]) {
      expect(() => Reflect.apply(createBackChannelLogout, null, [options])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })
})
