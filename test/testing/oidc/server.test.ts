import { describe, expect, it } from 'vitest'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { createLab } from './lab.js'

const OFFLINE = 'openid offline_access'

describe('the scripted server', () => {
  it('says the same of itself at both addresses, below its issuer', async () => {
    const { server } = createLab({ issuer: 'https://id.example/realms/one/' }, OFFLINE)
    const at = async (url: string): Promise<unknown> => (await server.fetch(url)).json()
    const document = await at('https://id.example/realms/one/.well-known/openid-configuration')
    expect(document).toMatchObject({
      issuer: 'https://id.example/realms/one/',
      token_endpoint: 'https://id.example/realms/one/token',
    })
    const other = 'https://id.example/.well-known/oauth-authorization-server/realms/one'
    expect(await at(other)).toEqual(document)
  })

  it('gives a refresh token as oidc-provider does: to whoever is asked for consent', async () => {
    const scopeOf = async (options: ScriptedOidcOptions, prompt?: string) => {
      const { authorize, codeGrant } = createLab(options, OFFLINE)
      const { code } = (await authorize(OFFLINE, prompt)).body
      const { scope, refresh_token } = (await codeGrant(code)).body
      return [scope, refresh_token !== undefined]
    }
    const real = { manners: 'oidc-provider' } as const
    expect(await scopeOf(real, 'login')).toEqual(['openid', false])
    expect(await scopeOf(real, 'login consent')).toEqual([OFFLINE, true])
    expect(await scopeOf({}, 'login')).toEqual([OFFLINE, true])
  })

  it('grants the scopes that a client was registered for, where it refuses others', async () => {
    const clients = [{ id: 'spa', redirectUris: ['https://app.example/cb'], scopes: ['orders'] }]
    const { authorize } = createLab({ manners: 'keycloak', clients }, OFFLINE)
    expect((await authorize('openid orders')).body).toHaveProperty('code')
    expect((await authorize('openid payments')).body).toMatchObject({ error: 'invalid_scope' })
  })

  it('lets no client revoke another one’s token', async () => {
    const { signIn, refresh, post, server } = createLab({}, OFFLINE)
    const { refresh_token } = await signIn()
    const token = String(refresh_token)
    const foreign = await post('/token/revocation', { token, client_id: 'other' })
    expect(foreign.shape).toBe('200 nothing')
    const web = { client_id: 'web', client_secret: 'web-secret' }
    expect((await post('/token/revocation', { token, ...web })).body).toEqual({
      error: 'invalid_request',
      error_description: 'client is not authorized to revoke the presented token',
    })
    expect(server.liveSessions()).toBe(1)
    expect((await refresh(token)).body).toHaveProperty('access_token')
  })

  it('refuses a refresh token with 403 in the manner of Auth0', async () => {
    const { refresh } = createLab({ manners: 'auth0' }, OFFLINE)
    expect((await refresh('gone')).shape).toMatch(/^403 \{error:"invalid_grant"/)
  })

  it('spends the token of a refresh that has to prove a second factor, and takes it for stolen after that', async () => {
    const { signIn, refresh, post, server } = createLab({ manners: 'auth0' }, OFFLINE)
    const { refresh_token } = await signIn()
    const { otp } = server.requireSecondFactor()
    const asked = await refresh(refresh_token)
    expect(asked.shape).toMatch(/^403 \{error:"mfa_required"/)
    const prove = (code: string) =>
      post('/token', {
        grant_type: 'http://auth0.com/oauth/grant-type/mfa-otp',
        client_id: 'spa',
        mfa_token: String(asked.body.mfa_token),
        otp: code,
      })
    expect((await prove('000000')).shape).toMatch(/^403 \{error:"invalid_grant"/)
    const proved = await prove(otp)
    expect(proved.body.refresh_token).not.toBe(refresh_token)
    // A step is done once, and the new token needs no other.
    expect((await prove(otp)).shape).toMatch(/^403/)
    expect((await refresh(proved.body.refresh_token)).shape).toMatch(/^200/)
    expect((await refresh(refresh_token)).shape).toMatch(/^403 \{error:"invalid_grant"/)
    expect(server.liveSessions()).toBe(0)
  })

  it('ends one session, and no other, when it is told to', async () => {
    const { server, signIn, refresh } = createLab({ clock: { now: () => 1_000_000 } }, OFFLINE)
    const [one, other] = [await signIn(), await signIn()]
    const [first, second] = server.sessions()
    expect(first).toMatchObject({ sub: second?.sub })
    server.endSession(first?.id ?? '')
    expect(server.sessions()).toEqual([second])
    expect((await refresh(one.refresh_token)).shape).toMatch(/^400/)
    expect((await refresh(other.refresh_token)).shape).toMatch(/^200/)
  })

  it('gives access tokens that live as long as it was told last', async () => {
    const { server, signIn, refresh } = createLab({ accessTokenLifetime: 60_000 }, OFFLINE)
    const { refresh_token, expires_in } = await signIn()
    expect(expires_in).toBe(60)
    server.setAccessTokenLifetime(5_000)
    expect((await refresh(refresh_token)).body).toMatchObject({ expires_in: 5 })
  })

  it('gives no refresh token to a public client in the manner of Spring', async () => {
    const { post, authorize } = createLab(
      { manners: 'spring', clients: [{ id: 'web', redirectUris: ['https://app.example/cb'] }] },
      OFFLINE,
    )
    const { code } = (await authorize()).body
    const answer = await post('/token', {
      grant_type: 'authorization_code',
      code: String(code),
      client_id: 'web',
      redirect_uri: 'https://app.example/cb',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    expect(answer.shape).toMatch(/^200/)
    expect(answer.body).not.toHaveProperty('refresh_token')
  })

  it('forgives a replay for a time, and no longer', async () => {
    let now = 1_000_000
    const rotation = { type: 'on', grace: 10_000 } as const
    const { signIn, refresh, server } = createLab({ rotation, clock: { now: () => now } }, OFFLINE)
    const { refresh_token } = await signIn()
    await refresh(refresh_token)
    now += 9_999
    expect((await refresh(refresh_token)).shape).toMatch(/^200/)
    now += 1
    expect((await refresh(refresh_token)).shape).toMatch(/^400/)
    expect(server.liveSessions()).toBe(0)
  })

  it('ends the session for an older token than the last exchange in the manner of Keycloak, which forgave the one before', async () => {
    let now = 1_000_000
    const { signIn, refresh, server } = createLab(
      {
        manners: 'keycloak',
        rotation: { type: 'on', reuses: 1 },
        clock: { now: () => now },
      },
      OFFLINE,
    )
    const { refresh_token: parent } = await signIn()
    const { refresh_token: child } = (await refresh(parent)).body
    now += 1_000
    expect((await refresh(parent)).shape).toMatch(/^200/)
    expect((await refresh(child)).body).toMatchObject({ error_description: 'Stale token' })
    expect(server.liveSessions()).toBe(0)
  })

  it('takes the newest token at any time in the manner of Keycloak', async () => {
    let now = 1_000_000
    const { signIn, refresh } = createLab(
      { manners: 'keycloak', rotation: { type: 'on' }, clock: { now: () => now } },
      OFFLINE,
    )
    let { refresh_token: token } = await signIn()
    for (let left = 3; left > 0; left--) {
      now += 60_000
      const { shape, body } = await refresh(token)
      expect(shape).toMatch(/^200/)
      token = body.refresh_token
    }
  })

  it('hides from pages what Keycloak hides: its refusal of what is no form', async () => {
    const { server } = createLab({ manners: 'keycloak' }, OFFLINE)
    const readable = async (body: BodyInit, type: string): Promise<boolean> => {
      const headers = { origin: 'https://app.example', 'content-type': type }
      const init = { method: 'POST', headers, body }
      const answer = await server.fetch('https://id.example/token', init)
      expect(answer.ok).toBe(false)
      return answer.headers.has('access-control-allow-origin')
    }
    expect(await readable('{}', 'application/json')).toBe(false)
    const form = 'client_id=spa&grant_type=refresh_token&refresh_token=garbage'
    expect(await readable(form, 'application/x-www-form-urlencoded')).toBe(true)
  })

  it('lets tokens die of age', async () => {
    let now = 1_000_000
    const { signIn, refresh, userinfo } = createLab(
      { clock: { now: () => now }, refreshTokenLifetime: 90_000 },
      OFFLINE,
    )
    const { refresh_token, access_token } = await signIn()
    expect((await userinfo(access_token)).shape).toMatch(/^200/)
    now += 60_000
    expect((await userinfo(access_token)).shape).toMatch(/^401/)
    now += 30_000
    expect((await refresh(refresh_token)).shape).toMatch(/^400/)
  })

  it('gives no session for a code with another verifier, or to another address', async () => {
    const { post, authorize, own } = createLab({}, OFFLINE)
    for (const wrong of [{ code_verifier: 'other' }, { redirect_uri: 'https://evil.example' }]) {
      const { code } = (await authorize()).body
      const form = {
        grant_type: 'authorization_code',
        code: String(code),
        redirect_uri: 'https://app.example/cb',
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        ...own,
        ...wrong,
      }
      expect((await post('/token', form)).body).toMatchObject({ error: 'invalid_grant' })
    }
  })

  it('tells clients with a secret, and no others, whether a token lives', async () => {
    const { signIn, post } = createLab({}, OFFLINE)
    const { access_token } = await signIn()
    const asked = (client: object) =>
      post('/token/introspection', { token: String(access_token), ...client })
    const web = { client_id: 'web', client_secret: 'web-secret' }
    expect((await asked(web)).body).toMatchObject({ active: true, sub: 'ada' })
    expect((await asked({ client_id: 'spa' })).shape).toMatch(/^401/)
  })

  it('meets faults, and writes down what it was asked', async () => {
    const { signIn, refresh, server } = createLab({ signing: 'rs256' }, OFFLINE)
    const { refresh_token, id_token } = await signIn()
    expect(String(id_token).split('.')).toHaveLength(3)
    server.fail({ type: 'status', status: 503 }, { grant: 'refresh_token' })
    expect((await refresh(refresh_token)).shape).toMatch(/^503/)
    expect((await refresh(refresh_token)).shape).toMatch(/^200/)
    expect(server.count('refresh_token')).toBe(2)
    expect(server.requests.at(-1)).toMatchObject({
      path: '/token',
      presented: refresh_token,
      status: 200,
    })
    const keys = async () => (await (await server.fetch('https://id.example/jwks')).json()).keys
    expect(await keys()).toHaveLength(1)
    server.rotateKey()
    expect(await keys()).toHaveLength(2)
  })
})
