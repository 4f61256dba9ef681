import { describe, expect, it } from 'vitest'
import { oauthConsent } from '../../src/providers/gotrue/oauth-consent.js'
import { answered, signedIn } from '../support/any-answer.js'
import { ADA, gotrueWorld } from '../support/gotrue-world.js'

const CALLBACK = 'https://other.example/cb'

/** Ada's app, which another app asks for her consent. */
async function asked() {
  const world = gotrueWorld({ oauthServer: { consentUrl: 'http://localhost/consent' } })
  const { server, auth } = world
  await auth.signIn(ADA)
  const base = 'http://localhost/auth/v1/oauth'
  const body = JSON.stringify({ client_name: 'Other App', redirect_uris: [CALLBACK] })
  const registered = await server.fetch(`${base}/clients/register`, { method: 'POST', body })
  const { client_id: clientId } = await registered.json()
  const ask = async (scope = 'email') => {
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: CALLBACK, scope })
    const answer = await server.fetch(`${base}/authorize?state=st&${query}`, { redirect: 'manual' })
    const page = new URL(answer.headers.get('location') ?? '')
    return { authorizationId: page.searchParams.get('authorization_id') ?? '' }
  }
  return { ...world, clientId, ask, consent: oauthConsent(auth) }
}

describe('the consent of a person', () => {
  it('is asked for with all that they must know, and leads back with a code', async () => {
    const { ask, consent, clientId, auth } = await asked()
    const request = await ask('email profile')
    expect(await consent.details(request)).toEqual({
      redirectUrl: null,
      ...request,
      client: { id: clientId, name: 'Other App' },
      redirectUri: CALLBACK,
      scopes: ['email', 'profile'],
      user: { id: auth.getSnapshot().session?.user?.id, email: ADA.email },
    })
    const { redirectUrl } = await consent.approve(request)
    expect(redirectUrl).toMatch(/^https:\/\/other\.example\/cb\?code=[\w-]+&state=st$/)
  })

  it('is not asked for twice', async () => {
    const { ask, consent } = await asked()
    const first = await ask()
    await consent.details(first)
    await consent.approve(first)
    const { redirectUrl } = await consent.details(await ask())
    expect(redirectUrl).toContain('code=')
  })

  it('is told to the other app where it is denied', async () => {
    const { ask, consent } = await asked()
    const request = await ask()
    await consent.details(request)
    const { redirectUrl } = await consent.deny(request)
    expect(redirectUrl).toContain('error=access_denied')
    await expect(consent.approve(request)).rejects.toMatchObject({ code: 'rejected', status: 400 })
  })

  it('is listed, with times in ms, and taken back', async () => {
    const { ask, consent, clientId, clock } = await asked()
    const request = await ask()
    await consent.details(request)
    await consent.approve(request)
    const client = { id: clientId, name: 'Other App' }
    expect(await consent.grants()).toEqual([{ client, scopes: ['email'], grantedAt: clock.now() }])
    await consent.revoke({ clientId })
    expect(await consent.grants()).toEqual([])
    await expect(consent.revoke({ clientId })).rejects.toMatchObject({
      serverCode: 'oauth_consent_not_found',
    })
  })

  it('has a time that is one', async () => {
    for (const granted_at of [undefined, 'soon', 7]) {
      const { auth } = await signedIn([200, [{ client: { id: 'c1' }, scopes: [], granted_at }]])
      await expect(oauthConsent(auth).grants()).rejects.toMatchObject({ code: 'bad_response' })
    }
  })

  it('is nobody else’s to give', async () => {
    const { ask, consent, auth, server } = await asked()
    const request = await ask()
    await consent.details(request)
    server.createUser({ email: 'bob@example.com', password: 'secret-2' })
    await auth.signIn({ email: 'bob@example.com', password: 'secret-2' })
    const unknown = { code: 'rejected', serverCode: 'oauth_authorization_not_found' }
    await expect(consent.approve(request)).rejects.toMatchObject(unknown)
    await expect(consent.details(request)).rejects.toMatchObject(unknown)
  })

  it('takes somebody who is signed in', async () => {
    const { auth, sent } = answered()
    const calls = oauthConsent(auth)
    await expect(calls.grants()).rejects.toMatchObject({ code: 'session_missing' })
    expect(sent).toEqual([])
  })

  it.each([undefined, null, {}, '', '..', '../../user', 'a/b', 'a?b', 5])(
    'of the id %j is a mistake of the caller, and nothing is sent',
    async (id) => {
      const { auth, sent } = await signedIn()
      const { details, approve, deny, revoke } = oauthConsent(auth)
      for (const method of [details, approve, deny, revoke]) {
        const call = Reflect.apply(method, undefined, [{ authorizationId: id, clientId: id }])
        await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
        const bare = Reflect.apply(method, undefined, [id])
        await expect(bare).rejects.toMatchObject({ code: 'invalid_argument' })
      }
      expect(sent).toEqual([])
    },
  )

  it('leads to an app of the device, but never to a script', async () => {
    const id = { authorizationId: 'a1' }
    const at = async (redirect_url: unknown) =>
      oauthConsent((await signedIn([200, { redirect_url }])).auth).approve(id)
    expect(await at('com.example.app:/cb?code=1')).toEqual({
      redirectUrl: 'com.example.app:/cb?code=1',
    })
    for (const url of ['javascript:alert(1)', ' javascript:1', 'JAVASCRIPT:1', 'data:x', '/x', 7]) {
      await expect(at(url)).rejects.toMatchObject({ code: 'bad_response' })
    }
  })

  it('shows where the answer goes, but never a script that would run as a link', async () => {
    const client = { id: 'c1' }
    const at = async (redirect_uri: unknown) => {
      const asked = { authorization_id: 'a1', redirect_uri, client, user: { id: 'u1' } }
      return oauthConsent((await signedIn([200, asked])).auth).details({ authorizationId: 'a1' })
    }
    for (const redirectUri of ['com.example.app:/cb', 'http://127.0.0.1:8080/cb']) {
      expect(await at(redirectUri)).toMatchObject({ redirectUri })
    }
    for (const url of ['javascript:alert(1)', 'vbscript:x', 'data:x', 'BLOB:x', '/x', '', null]) {
      await expect(at(url)).rejects.toMatchObject({ code: 'bad_response' })
    }
  })

  it('shows pages and pictures of the other app, but no script that it registered as one', async () => {
    const of = async (address: string) => {
      const client = { id: 'c1', name: 'Other', uri: address, logo_uri: address }
      const { auth } = await signedIn([200, [{ client, scopes: [], granted_at: '2026-11-28' }]])
      return (await oauthConsent(auth).grants())[0]?.client
    }
    const uri = 'https://other.example/'
    expect(await of(uri)).toEqual({ id: 'c1', name: 'Other', uri, logoUri: uri })
    for (const script of [
      'javascript:alert(1)',
      ' JavaScript:1',
      'data:text/html,<script>',
      '/x',
    ]) {
      expect(await of(script)).toEqual({ id: 'c1', name: 'Other' })
    }
  })
})
