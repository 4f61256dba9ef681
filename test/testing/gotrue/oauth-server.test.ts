import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDesk } from '../gotrue-desk.js'

const CALLBACK = 'https://other.example/cb'
const VERIFIER = 'a verifier that only the other app has'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

/** Ada, and an app that she lets in. */
async function otherApp() {
  const desk = createDesk({ oauthServer: { consentUrl: 'http://localhost/consent' } })
  const { access } = await desk.signIn()
  const headers = { authorization: `Bearer ${access}` }
  const form = (fields: Readonly<Record<string, string>>) =>
    desk.send('/oauth/token', { method: 'POST', body: new URLSearchParams(fields) })

  async function register(): Promise<string> {
    const client = { client_name: 'Other', redirect_uris: [CALLBACK] }
    return String((await desk.post('/oauth/clients/register', client)).body.client_id)
  }
  const id = await register()

  /** What the app gets, and trades for a session. */
  async function code(scope = 'email'): Promise<Readonly<Record<string, string>>> {
    const asked = { client_id: id, redirect_uri: CALLBACK, scope }
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }
    const there = await desk.send(`/oauth/authorize?${new URLSearchParams({ ...asked, ...pkce })}`)
    const page = new URL(there.headers.get('location') ?? '')
    const path = `/oauth/authorizations/${page.searchParams.get('authorization_id')}`
    await desk.send(path, { headers })
    const { body } = await desk.post(`${path}/consent`, { action: 'approve' }, headers)
    return {
      grant_type: 'authorization_code',
      client_id: id,
      redirect_uri: CALLBACK,
      code: new URL(String(body.redirect_url)).searchParams.get('code') ?? '',
      code_verifier: VERIFIER,
    }
  }
  return { ...desk, headers, form, register, code, id }
}

const INVALID_GRANT = { status: 400, body: { error: 'invalid_grant' } }

describe('the code of another app', () => {
  it('is worth one session, also where it is shown twice at once', async () => {
    const { form, code, server } = await otherApp()
    const shown = await code()
    const both = await Promise.all([form(shown), form(shown)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(server.sessions()).toHaveLength(2)
  })

  it.each([
    ['another verifier', { code_verifier: 'another' }],
    ['no verifier', { code_verifier: '' }],
    ['another address', { redirect_uri: 'https://evil.example/cb' }],
  ])('is worth nothing with %s, and is not spent by that', async (_, wrong) => {
    const { form, code } = await otherApp()
    const shown = await code()
    expect(await form({ ...shown, ...wrong })).toMatchObject(INVALID_GRANT)
    expect(await form(shown)).toMatchObject({ status: 200 })
  })

  it('is worth nothing to another app, nor after ten minutes', async () => {
    const { form, code, register, clock } = await otherApp()
    const shown = await code()
    expect(await form({ ...shown, client_id: await register() })).toMatchObject(INVALID_GRANT)
    await clock.advance(600_001)
    expect(await form(shown)).toMatchObject(INVALID_GRANT)
  })
})

describe('the session of another app', () => {
  it('is refreshed by that app alone, and an app that nobody knows gets nothing', async () => {
    const { form, code, register, id } = await otherApp()
    const { body } = await form(await code())
    const spend = (client_id: string) =>
      form({ grant_type: 'refresh_token', client_id, refresh_token: String(body.refresh_token) })
    const refused = { status: 400, body: { error: 'invalid_client' } }
    expect(await spend(await register())).toMatchObject(refused)
    expect(await spend('nobody')).toMatchObject(refused)
    expect(await spend(id)).toMatchObject({ status: 200 })
  })

  it('tells no more of the person than they agreed to', async () => {
    const { form, code, send, userId } = await otherApp()
    const { body } = await form(await code('profile'))
    const headers = { authorization: `Bearer ${body.access_token}` }
    expect((await send('/oauth/userinfo', { headers })).body).toEqual({ sub: userId() })
  })

  it('ends with the grant, and the person’s own goes on', async () => {
    const { form, code, send, headers, id, server } = await otherApp()
    await form(await code())
    expect(server.sessions()).toHaveLength(2)
    await send(`/user/oauth/grants?client_id=${id}`, { method: 'DELETE', headers })
    expect(server.sessions()).toHaveLength(1)
    expect((await send('/user', { headers })).status).toBe(200)
  })
})

describe('the log', () => {
  it('tells what was presented in a form, too', async () => {
    const { form, code, id, server } = await otherApp()
    const { body } = await form(await code())
    const refresh_token = String(body.refresh_token)
    await form({ grant_type: 'refresh_token', client_id: id, refresh_token })
    expect(server.requests.at(-1)).toMatchObject({
      path: '/oauth/token',
      grant: 'refresh_token',
      presented: refresh_token,
      status: 200,
    })
  })
})
